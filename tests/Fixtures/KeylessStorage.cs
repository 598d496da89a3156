using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdcFunctions.Fixtures;

/// <summary>
/// A storage account as the programs have it in Azure: HTTPS alone, and no key but the tokens of each one's identity, which it
/// asks the platform for, and which open what its roles say. What stands around them here has the account's key.
/// </summary>
public sealed class KeylessStorage : IAsyncDisposable
{
    private const string Tenant = "ab1f708d-50f6-404c-a006-d71b2ac7a606";
    private const string IdentityHeader = "only the app knows it";

    private readonly ConcurrentQueue<string> identityRequests = [];
    private readonly Dictionary<string, string> settings = [];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("idc-keyless-");
    private readonly Stack<IAsyncDisposable> parts = [];
    private RoleGuard guard = null!;

    private KeylessStorage()
    {
    }

    /// <summary>Connection string of the account with its key, by HTTP.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>What a program asked of storage and its roles do not allow.</summary>
    public IReadOnlyCollection<string> Refusals => guard.Refusals;

    /// <summary>What the platform was asked for tokens, by query.</summary>
    public IReadOnlyCollection<string> IdentityRequests => identityRequests;

    /// <summary>Starts the account and the platform's endpoint for identities.</summary>
    public static async Task<KeylessStorage> StartAsync(CancellationToken cancellationToken)
    {
        var storage = new KeylessStorage();
        var certificate = MakeCertificate();
        var files = new AzuriteCertificate(Path.Combine(storage.folder.FullName, "storage.pem"), Path.Combine(storage.folder.FullName, "storage.key"));
        await File.WriteAllTextAsync(files.File, certificate.ExportCertificatePem(), cancellationToken);
        await File.WriteAllTextAsync(files.KeyFile, certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), cancellationToken);
        var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancellationToken);
        var azurite = await Azurite.StartAsync(installation, null, AzuritePorts.Free(), cancellationToken, files);
        storage.parts.Push(azurite);
        var withKey = await StorageProxy.StartAsync(azurite.ConnectionString, cancellationToken, certificate);
        storage.parts.Push(withKey);
        storage.ConnectionString = withKey.ConnectionString;
        await StorageSetup.CreateAsync(storage.ConnectionString, cancellationToken);
        var guarded = await StorageProxy.StartAsync(azurite.ConnectionString, cancellationToken, certificate, isSecure: true);
        storage.parts.Push(guarded);
        var services = new[] { "blob", "queue", "table" }.ToDictionary(service => service, service => Endpoint(guarded.ConnectionString, service));
        storage.guard = new RoleGuard(await DocumentedRole.AllAsync(cancellationToken), services.ToDictionary(service => service.Value.Port, service => service.Key));
        guarded.Fault = storage.guard.RefusesAsync;
        foreach (var (service, endpoint) in services)
        {
            storage.settings[$"Slides__{service}ServiceUri"] = endpoint.ToString();
        }

        storage.settings["Slides__credential"] = "managedidentity";
        storage.settings["Slides"] = "";
        storage.settings["AzureWebJobsStorage"] = "";
        storage.settings["SSL_CERT_FILE"] = files.File;
        storage.settings["IDENTITY_ENDPOINT"] = await storage.StartIdentityEndpointAsync(cancellationToken);
        storage.settings["IDENTITY_HEADER"] = IdentityHeader;
        return storage;
    }

    /// <summary>A program's settings, as the template sets them.</summary>
    /// <param name="identity">The identity's name in docs/security.md, its client id here.</param>
    public IReadOnlyDictionary<string, string> SettingsOf(string identity) => new Dictionary<string, string>(settings) { ["Slides__clientId"] = identity };

    /// <summary>A signed address as it is reached from here.</summary>
    public Uri Reached(Uri address) => new UriBuilder(address) { Scheme = "http", Port = Endpoint(ConnectionString, "blob").Port }.Uri;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private static Uri Endpoint(string connection, string service)
    {
        var name = $"{service}Endpoint=";
        return new Uri(connection.Split(';').Single(part => part.StartsWith(name, StringComparison.OrdinalIgnoreCase))[name.Length..]);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
    }

    /// <summary>The emulator looks at a token's issuer, audience and times, and not at its signature.</summary>
    private static string MakeToken(string identity, DateTimeOffset now)
    {
        static string Part(object content) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var claims = new
        {
            aud = "https://storage.azure.com",
            iss = $"https://sts.windows.net/{Tenant}/",
            tid = Tenant,
            oid = "f2b60f0e-7c0b-4a3e-8d1c-93d0c1a4be57",
            appid = identity,
            iat = now.ToUnixTimeSeconds(),
            nbf = now.AddMinutes(-1).ToUnixTimeSeconds(),
            exp = now.AddHours(1).ToUnixTimeSeconds(),
        };
        return $"{Part(new { alg = "RS256", typ = "JWT" })}.{Part(claims)}.{Convert.ToBase64String(Encoding.ASCII.GetBytes("unsigned")).TrimEnd('=')}";
    }

    private async Task<string> StartIdentityEndpointAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = FreePort.Take();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var endpoint = builder.Build();
        parts.Push(endpoint);
        endpoint.Run(async context =>
        {
            identityRequests.Enqueue(context.Request.QueryString.Value!);
            if (context.Request.Headers["X-IDENTITY-HEADER"] != IdentityHeader)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            var identity = context.Request.Query["client_id"].ToString();
            var now = TimeProvider.System.GetUtcNow();
            await context.Response.WriteAsJsonAsync(new
            {
                access_token = MakeToken(identity, now),
                expires_on = now.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                resource = context.Request.Query["resource"].ToString(),
                token_type = "Bearer",
                client_id = identity,
            });
        });
        await endpoint.StartAsync(cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/msi/token");
    }
}
