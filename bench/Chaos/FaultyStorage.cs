using System.Net;
using Azure.Storage.Queues;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdcFunctions.Bench.Chaos;

/// <summary>
/// A proxy in front of Azurite that answers 429, 500 or 503 in its place, drops connections before a request reached it or
/// after it was carried out, and sends messages twice and late. Same seed, same draws; who makes which request is not drawn.
/// </summary>
internal sealed class FaultyStorage : IAsyncDisposable
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly ChaosOptions options;
    private readonly QueueServiceClient queues;
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly StorageForwarder forwarder = new();
    private WebApplication? front;
    private int messages;
    private int doubled;
    private int late;
    private int failed;

    private FaultyStorage(ChaosOptions options, string storage)
    {
        this.options = options;
        random = new Random(options.Seed);
        queues = new QueueServiceClient(storage, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
        ConnectionString = storage;
    }

    /// <summary>Connection string of the account behind the proxy.</summary>
    public string ConnectionString { get; private set; }

    /// <summary>True where nothing is done to requests and messages any more.</summary>
    public bool IsCalm { get; set; }

    /// <summary>What was done so far.</summary>
    public ChaosCounts Counts => new(Messages: messages, Doubled: doubled, Late: late, FailedRequests: failed);

    /// <summary>Starts a proxy.</summary>
    public static async Task<FaultyStorage> StartAsync(ChaosOptions options, string storage, AzuritePorts ports, CancellationToken cancellationToken)
    {
        var proxy = new FaultyStorage(options, storage);
        var fronts = AzuritePorts.Free();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (var port in new[] { fronts.Blob, fronts.Queue, fronts.Table })
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
        });
        proxy.front = builder.Build();
        proxy.front.Run(context => proxy.AnswerAsync(context, context.Connection.LocalPort == fronts.Blob ? ports.Blob : context.Connection.LocalPort == fronts.Queue ? ports.Queue : ports.Table));
        await proxy.front.StartAsync(cancellationToken);
        foreach (var (own, behind) in new[] { (fronts.Blob, ports.Blob), (fronts.Queue, ports.Queue), (fronts.Table, ports.Table) })
        {
            proxy.ConnectionString = proxy.ConnectionString.Replace($":{behind}/", $":{own}/", StringComparison.Ordinal);
        }

        return proxy;
    }

    /// <summary>Sends a message as Event Grid does: Base64, and, like the app's, perhaps twice and late.</summary>
    public async Task SendAsync(string queue, string text, CancellationToken cancellationToken)
    {
        var (delay, copyDelay) = DrawDisorder();
        var body = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
        await queues.GetQueueClient(queue).SendMessageAsync(body, delay, cancellationToken: cancellationToken);
        await SendCopyAsync(queue, body, copyDelay, cancellationToken);
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

    private async Task AnswerAsync(HttpContext context, int port)
    {
        var fault = DrawFault();
        if (fault is StorageFault.TooManyRequests or StorageFault.ServerError or StorageFault.Busy)
        {
            context.Response.StatusCode = (int)fault;
            return;
        }

        if (fault == StorageFault.DroppedBefore)
        {
            context.Abort();
            return;
        }

        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (context.Request.Method == HttpMethods.Post && path is [_, var queue, "messages"])
        {
            await SendMessageAsync(context, port, queue);
        }
        else
        {
            await ForwardAsync(context, port, fault);
        }
    }

    /// <summary>A new message: forwarded at once, or answered here and put into the queue to appear later; perhaps a copy as well.</summary>
    private async Task SendMessageAsync(HttpContext context, int port, string queue)
    {
        using var xml = new MemoryStream();
        await context.Request.Body.CopyToAsync(xml, context.RequestAborted);
        xml.Position = 0;
        var body = System.Xml.Linq.XDocument.Load(xml).Root!.Element("MessageText")!.Value;
        var (delay, copyDelay) = DrawDisorder();
        if (delay is null)
        {
            xml.Position = 0;
            context.Request.Body = xml;
            await ForwardAsync(context, port, null);
        }
        else
        {
            var receipt = (await queues.GetQueueClient(queue).SendMessageAsync(body, delay, cancellationToken: context.RequestAborted)).Value;
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync(
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList><QueueMessage><MessageId>{receipt.MessageId}</MessageId><InsertionTime>{receipt.InsertionTime:R}</InsertionTime><ExpirationTime>{receipt.ExpirationTime:R}</ExpirationTime><PopReceipt>{receipt.PopReceipt}</PopReceipt><TimeNextVisible>{receipt.TimeNextVisible:R}</TimeNextVisible></QueueMessage></QueueMessagesList>",
                context.RequestAborted);
        }

        await SendCopyAsync(queue, body, copyDelay, context.RequestAborted);
    }

    private async Task SendCopyAsync(string queue, string body, TimeSpan? delay, CancellationToken cancellationToken)
    {
        if (delay is not null)
        {
            await queues.GetQueueClient(queue).SendMessageAsync(body, delay, cancellationToken: cancellationToken);
        }
    }

    private async Task ForwardAsync(HttpContext context, int port, StorageFault? fault)
    {
        using var answer = await forwarder.SendAsync(context, port);
        if (fault == StorageFault.DroppedAfter)
        {
            await answer.Content.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Abort();
            return;
        }

        await StorageForwarder.AnswerAsync(context, answer);
    }

    private StorageFault? DrawFault()
    {
        lock (gate)
        {
            var isFaulty = random.NextDouble() < options.FaultShare;
            var kind = Enum.GetValues<StorageFault>()[random.Next(5)];
            if (!isFaulty || IsCalm)
            {
                return null;
            }

            failed++;
            return kind;
        }
    }

    /// <summary>How late a message comes (null: at once), and how late a copy of it (null: there is none).</summary>
    private (TimeSpan? Delay, TimeSpan? CopyDelay) DrawDisorder()
    {
        lock (gate)
        {
            var (isLate, isDoubled) = (random.NextDouble() < options.DisorderShare, random.NextDouble() < options.DisorderShare);
            var (delay, copyDelay) = (LongestDelay * random.NextDouble(), LongestDelay * random.NextDouble());
            messages++;
            if (IsCalm)
            {
                return (null, null);
            }

            late += isLate ? 1 : 0;
            doubled += isDoubled ? 1 : 0;
            messages += isDoubled ? 1 : 0;
            return (isLate ? delay : null, isDoubled ? copyDelay : null);
        }
    }
}
