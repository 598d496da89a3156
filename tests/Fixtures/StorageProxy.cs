using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using IdcFunctions.LocalHost.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace IdcFunctions.Fixtures;

/// <summary>A proxy in front of a storage account's blobs that counts what is read of them.</summary>
public sealed class StorageProxy : IAsyncDisposable
{
    private readonly SocketsHttpHandler connections = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
    private readonly HttpMessageInvoker client;
    private readonly ConcurrentBag<(string Path, long Bytes)> reads = [];
    private readonly int port;
    private WebApplication? front;

    private StorageProxy(int port)
    {
        this.port = port;
        client = new HttpMessageInvoker(connections);
    }

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

        client.Dispose();
        connections.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}");
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

        using var answer = await client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (HttpMethods.IsGet(context.Request.Method) && answer.IsSuccessStatusCode)
        {
            reads.Add((context.Request.Path.Value!, answer.Content.Headers.ContentLength ?? 0));
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
