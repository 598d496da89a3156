using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using IdcFunctions.LocalHost.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdcFunctions.Fixtures;

/// <summary>A proxy in front of a storage account that notes each request, and what is read of blobs; it can fail in storage's place.</summary>
public sealed class StorageProxy : IAsyncDisposable
{
    private readonly StorageForwarder forwarder;
    private readonly ConcurrentQueue<(string Method, string Path, long Bytes)> requests = [];
    private readonly List<WebApplication> fronts = [];

    private StorageProxy(X509Certificate2? certificate) => forwarder = new StorageForwarder(certificate);

    /// <summary>Connection string of the account behind the proxy.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Comes before each request; true where it has answered it in storage's place.</summary>
    public Func<HttpContext, Task<bool>>? Fault { get; set; }

    /// <summary>The requests so far, in the order of their answers: method and path.</summary>
    public IReadOnlyList<string> Requests => [.. requests.Select(request => $"{request.Method} {request.Path}")];

    /// <summary>Starts a proxy.</summary>
    /// <param name="storage">The account's connection string, with addresses on this machine.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <param name="certificate">The account's own, where it is spoken to by HTTPS.</param>
    /// <param name="isSecure">True for a proxy that is spoken to by HTTPS too, with the same certificate and its key.</param>
    public static async Task<StorageProxy> StartAsync(string storage, CancellationToken cancellationToken, X509Certificate2? certificate = null, bool isSecure = false)
    {
        var proxy = new StorageProxy(certificate) { ConnectionString = isSecure ? storage : storage.Replace("https:", "http:", StringComparison.Ordinal) };
        foreach (var service in new[] { "BlobEndpoint=", "QueueEndpoint=", "TableEndpoint=" })
        {
            var behind = new Uri(storage.Split(';').Single(part => part.StartsWith(service, StringComparison.Ordinal))[service.Length..]).Port;
            var own = FreePort.Take();
            proxy.ConnectionString = proxy.ConnectionString.Replace($":{behind}/", $":{own}/", StringComparison.Ordinal);
            await proxy.StartFrontAsync(own, behind, isSecure ? certificate : null, cancellationToken);
        }

        return proxy;
    }

    /// <summary>GETs of one blob so far, and the bytes of their answers.</summary>
    public (int Gets, long Bytes) ReadsOf(string container, string blob)
    {
        var own = requests.Where(request => request.Method == "GET" && request.Path.EndsWith($"/{container}/{blob}", StringComparison.Ordinal)).ToList();
        return (own.Count, own.Sum(read => read.Bytes));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var front in fronts)
        {
            await front.DisposeAsync();
        }

        forwarder.Dispose();
    }

    private async Task StartFrontAsync(int own, int behind, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, own, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        var front = builder.Build();
        fronts.Add(front);
        front.Run(context => ForwardAsync(context, behind));
        await front.StartAsync(cancellationToken);
    }

    private async Task ForwardAsync(HttpContext context, int behind)
    {
        if (Fault is { } fault && await fault(context))
        {
            return;
        }

        using var answer = await forwarder.SendAsync(context, behind);
        requests.Enqueue((context.Request.Method, context.Request.Path.Value!, answer.IsSuccessStatusCode ? answer.Content.Headers.ContentLength ?? 0 : 0));
        await StorageForwarder.AnswerAsync(context, answer);
    }
}
