using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.SignIn;

/// <summary>
/// Refuses an open app that others could reach. The handler itself listens on loopback only; who listens for it is the
/// Functions host, whose environment it shares.
/// </summary>
/// <param name="configuration">The app's settings and environment.</param>
public sealed class AuthOptionsValidator(IConfiguration configuration) : IValidateOptions<AuthOptions>
{
    /// <summary>Where the Functions host, an ASP.NET Core program, is told what to bind.</summary>
    private static readonly string[] AddressSettings = ["ASPNETCORE_URLS", "URLS", "DOTNET_URLS"];

    /// <summary>Ports without addresses are bound on all of them.</summary>
    private static readonly string[] PortSettings = ["ASPNETCORE_HTTP_PORTS", "HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "HTTPS_PORTS"];

    /// <summary>What only Azure's environments set: Container Apps, App Service.</summary>
    private static readonly string[] AzureSettings = ["CONTAINER_APP_NAME", "WEBSITE_INSTANCE_ID"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        if (options.Mode != AuthMode.Open)
        {
            return ValidateOptionsResult.Success;
        }

        var reasons = AzureSettings.Where(IsSet).Select(setting => $"{setting} is set: this is Azure")
            .Concat(PortSettings.Where(IsSet).Select(setting => $"{setting} is set: it binds all addresses"))
            .Concat(AddressSettings.Where(IsSet)
                .SelectMany(
                    setting => configuration[setting]!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                    (setting, address) => (setting, address))
                .Where(bound => !IsLoopback(bound.address))
                .Select(bound => $"{bound.setting} binds {bound.address}"))
            .ToList();
        return reasons.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Auth__Mode is Open, which is for loopback only, but {string.Join("; ", reasons)}. "
                + "Set Auth__Mode to EasyAuth behind the platform's sign-in, or bind 127.0.0.1.");
    }

    private bool IsSet(string setting) => !string.IsNullOrEmpty(configuration[setting]);

    /// <summary><c>http://+:80</c> and <c>http://*:80</c> are no addresses that a <see cref="Uri"/> knows.</summary>
    private static bool IsLoopback(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback;
}
