using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace IdcFunctions.Functions.SignIn;

/// <summary>
/// Which role each route asks for is said where the route is mapped: <c>routes.MapGet(…).For(Role.Reader)</c>. A route that
/// says nothing is refused to everybody.
/// </summary>
public static class RouteRoles
{
    private const string HostPolicy = "FunctionsHost";
    private const string Scheme = "SignIn";

    /// <summary>Adds sign-in and roles.</summary>
    public static void AddRoles(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<AuthOptions, AuthOptionsValidator>().BindConfiguration("Auth").ValidateDataAnnotations();
        services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, SignInHandler>(Scheme, null);
        var policies = services.AddAuthorizationBuilder()
            .AddPolicy(HostPolicy, policy => policy.RequireAssertion(
                static context => context.Resource is HttpContext http && IsFunctionsHost(http.Request)))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder()
                .RequireAuthenticatedUser()
                .RequireAssertion(static context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
                .Build());
        foreach (var role in Enum.GetValues<Role>())
        {
            policies.AddPolicy(role.ToString(), policy => policy
                .RequireAuthenticatedUser()
                .RequireAssertion(context => Enum.GetValues<Role>().Any(had => had >= role && context.User.IsInRole(NameOf(had)))));
        }
    }

    /// <summary>Lets callers of at least this role pass.</summary>
    public static TBuilder For<TBuilder>(this TBuilder route, Role least)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(least.ToString()).WithMetadata(new RouteRole(least));

    /// <summary>Lets only the Functions host pass: the catch-all HTTP function would else forward a client's request to a queue's function.</summary>
    public static TBuilder ForFunctionsHost<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(HostPolicy).WithMetadata(new RouteRole(null));

    /// <summary>The role's name in a token.</summary>
    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>
    /// The host posts its invocations in chunks, to the handler's own loopback address; what it forwards has a length or
    /// no body, and keeps the client's Host.
    /// </summary>
    private static bool IsFunctionsHost(HttpRequest request) =>
        request is { ContentLength: null, Headers.TransferEncoding: ["chunked"] }
        && request.Host.Value == $"127.0.0.1:{request.HttpContext.Connection.LocalPort}";
}
