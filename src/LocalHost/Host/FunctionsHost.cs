using System.Net;
using Azure.Storage.Queues;

namespace IdcFunctions.LocalHost.Host;

/// <summary>START of the stand-in for the Functions host: the handler's process, its queues, its timers and its HTTP.</summary>
public sealed class FunctionsHost : IAsyncDisposable
{
    /// <summary>How long a stopping host waits for what runs.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly TimeProvider time;
    private readonly HandlerProcess handler;
    private readonly WebApplication front;
    private readonly List<Task> dispatchers;

    private FunctionsHost(
        TimeProvider time,
        HandlerProcess handler,
        WebApplication front,
        IEnumerable<Func<CancellationToken, CancellationToken, Task>> dispatchers)
    {
        this.time = time;
        this.handler = handler;
        this.front = front;
        this.dispatchers = [.. dispatchers.Select(run => Task.Run(() => run(stopping.Token, aborting.Token)))];
        Completion = WatchAsync();
    }

    /// <summary>Where the app's HTTP functions answer.</summary>
    public Uri Address => new(front.Urls.Single());

    /// <summary>The handler.</summary>
    public HandlerProcess Handler => handler;

    /// <summary>
    /// Ends with <see cref="HandlerFailedException"/> when the handler can't be kept running, or with the error of a queue
    /// or timer that can't go on.
    /// </summary>
    public Task Completion { get; }

    /// <summary>Starts the host. As with the Functions host, triggers are not held back: the first invocations wait for the handler.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<FunctionsHost> StartAsync(
        FunctionApp app, FunctionsHostOptions options, TimeProvider time, HostLog log, CancellationToken cancellationToken)
    {
        var handler = new HandlerProcess(app, options.Settings, time, log);
        var front = BuildFront(app, options.Port, new HttpForwarder(handler, log));
        try
        {
            await front.StartAsync(cancellationToken);
            handler.Start();
            var invoker = new FunctionInvoker(app, handler, time, log);
            var queues = new QueueServiceClient(options.StorageConnection, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
            return new FunctionsHost(
                time,
                handler,
                front,
                [
                    .. app.QueueTriggers
                        .Select(trigger => new QueueDispatcher(trigger, queues, app.Queues, options.Lease, invoker, time, log))
                        .Select(dispatcher => (Func<CancellationToken, CancellationToken, Task>)dispatcher.RunAsync),
                    .. app.TimerTriggers
                        .Select(trigger => new TimerDispatcher(trigger, invoker, time, log))
                        .Select(dispatcher => (Func<CancellationToken, CancellationToken, Task>)((stop, _) => dispatcher.RunAsync(stop))),
                ]);
        }
        catch
        {
            await handler.DisposeAsync();
            await front.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops receiving, waits ten seconds at most for what runs, kills the handler.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        using (var drain = new CancellationTokenSource(Drain, time))
        using (drain.Token.Register(aborting.Cancel))
        {
            try
            {
                await Task.WhenAll(dispatchers);
            }
            finally
            {
                await handler.DisposeAsync();
                await front.DisposeAsync();
            }
        }

        stopping.Dispose();
        aborting.Dispose();
    }

    private async Task WatchAsync()
    {
        var parts = new List<Task>([handler.Completion, .. dispatchers]);
        while (parts.Count > 0)
        {
            var ended = await Task.WhenAny(parts);
            await ended;
            parts.Remove(ended);
        }
    }

    private static WebApplication BuildFront(FunctionApp app, int port, HttpForwarder forwarder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var front = builder.Build();
        foreach (var route in app.HttpTriggers.GroupBy(trigger => trigger.Route))
        {
            // ASP.NET Core would answer 405 to another method; the Functions host says 404.
            var methods = route.SelectMany(trigger => trigger.Methods).ToHashSet(StringComparer.Ordinal);
            front.Map(route.Key, (RequestDelegate)(context => methods.Contains(context.Request.Method)
                ? forwarder.ForwardAsync(context)
                : NotFoundAsync(context)));
        }

        return front;
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
