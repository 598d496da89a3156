using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IdcFunctions.Fixtures;

/// <summary>Carries requests of a proxy to a storage account on this machine, and its answers back.</summary>
public sealed class StorageForwarder : IDisposable
{
    private readonly SocketsHttpHandler connections = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
    private readonly HttpMessageInvoker client;
    private readonly string scheme = "http";

    /// <summary>Makes a forwarder.</summary>
    /// <param name="certificate">The account's own, where it is spoken to by HTTPS; null for HTTP.</param>
    public StorageForwarder(X509Certificate2? certificate = null)
    {
        if (certificate is not null)
        {
            scheme = "https";
            connections.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        }

        client = new HttpMessageInvoker(connections);
    }

    /// <summary>Sends a request on; its target goes as it came, since signatures are over it.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpContext context, int port)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"{scheme}://127.0.0.1:{port}{context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}");
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (context.Request.ContentLength is not null)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Host" or "Connection")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await client.SendAsync(request, context.RequestAborted);
    }

    /// <summary>Gives an answer back.</summary>
    public static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        connections.Dispose();
    }
}
