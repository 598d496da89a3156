using System.Collections.Concurrent;
using System.Net;
using IdcFunctions.LocalHost.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdcFunctions.Fixtures;

/// <summary>A proxy in front of a storage account's blobs that counts what is read of them.</summary>
public sealed class StorageProxy : IAsyncDisposable
{
    private readonly StorageForwarder forwarder = new();
    private readonly ConcurrentBag<(string Path, long Bytes)> reads = [];
    private readonly int port;
    private WebApplication? front;

    private StorageProxy(int port) => this.port = port;

    /// <summary>Connection string of the account, its blobs behind the proxy.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Starts a proxy.</summary>
    /// <param name="storage">The account's connection string, with addresses on this machine.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<StorageProxy> StartAsync(string storage, CancellationToken cancellationToken)
    {
        var endpoint = storage.Split(';').Single(part => part.StartsWith("BlobEndpoint=", StringComparison.Ordinal))["BlobEndpoint=".Length..];
        var behind = new Uri(endpoint);
        var own = FreePort.Take();
        var proxy = new StorageProxy(behind.Port) { ConnectionString = storage.Replace($":{behind.Port}/", $":{own}/", StringComparison.Ordinal) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, own);
        });
        proxy.front = builder.Build();
        proxy.front.Run(proxy.ForwardAsync);
        await proxy.front.StartAsync(cancellationToken);
        return proxy;
    }

    /// <summary>GETs of one blob so far, and the bytes of their answers.</summary>
    public (int Gets, long Bytes) ReadsOf(string container, string blob)
    {
        var own = reads.Where(read => read.Path.EndsWith($"/{container}/{blob}", StringComparison.Ordinal)).ToList();
        return (own.Count, own.Sum(read => read.Bytes));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (front is not null)
        {
            await front.DisposeAsync();
        }

        forwarder.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var answer = await forwarder.SendAsync(context, port);
        if (HttpMethods.IsGet(context.Request.Method) && answer.IsSuccessStatusCode)
        {
            reads.Add((context.Request.Path.Value!, answer.Content.Headers.ContentLength ?? 0));
        }

        await StorageForwarder.AnswerAsync(context, answer);
    }
}
