using System.Security.Claims;
using System.Text.Encodings.Web;
using IdcFunctions.Functions.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.SignIn;

/// <summary>Says who the caller is, by <see cref="AuthOptions.Mode"/>, and answers who may not go on with a problem.</summary>
public sealed class SignInHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IOptions<AuthOptions> auth)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        FindCaller() is { } caller ? AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme.Name)) : AuthenticateResult.NoResult());

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.NotSignedIn(auth.Value.Mode!.Value).ExecuteAsync(Context);

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.RoleMissing(Context.GetEndpoint()?.Metadata.GetMetadata<RouteRole>()).ExecuteAsync(Context);

    private ClaimsPrincipal? FindCaller() => auth.Value.Mode switch
    {
        AuthMode.EasyAuth => Request.Headers[PlatformPrincipal.Header] is [{ } header] ? PlatformPrincipal.Read(header) : null,

        // A page of another site whose name was made to lead here has that name in Host; so has whoever comes from outside.
        AuthMode.Open => Uri.TryCreate($"http://{Request.Host}/", UriKind.Absolute, out var address) && address.IsLoopback
            ? new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, RouteRoles.NameOf(Role.Admin))], nameof(AuthMode.Open)))
            : null,
        _ => null,
    };
}
