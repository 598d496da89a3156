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

    private FunctionsHost(TimeProvider time, HandlerProcess handler, WebApplication front, IEnumerable<Func<CancellationToken, CancellationToken, Task>> dispatchers)
    {
        this.time = time;
        this.handler = handler;
        this.front = front;
        this.dispatchers = [.. dispatchers.Select(run => Task.Run(() => run(stopping.Token, aborting.Token)))];
    }

    /// <summary>Where the app's HTTP functions answer.</summary>
    public Uri Address => new(front.Urls.Single());

    /// <summary>The handler.</summary>
    public HandlerProcess Handler => handler;

    /// <summary>Ends with <see cref="HandlerFailedException"/> when the handler can't be kept running.</summary>
    public Task Completion => handler.Completion;

    /// <summary>Starts the host. As with the Functions host, triggers are not held back: the first invocations wait for the handler.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<FunctionsHost> StartAsync(FunctionApp app, FunctionsHostOptions options, TimeProvider time, HostLog log, CancellationToken cancellationToken)
    {
        var handler = new HandlerProcess(app, options.Settings, time, log);
        try
        {
            var front = BuildFront(app, options.Port, new HttpForwarder(handler, log));
            await front.StartAsync(cancellationToken);
            handler.Start();
            var invoker = new FunctionInvoker(app, handler, time, log);
            var queues = new QueueServiceClient(options.StorageConnection, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
            return new FunctionsHost(
                time,
                handler,
                front,
                [
                    .. app.QueueTriggers.Select(trigger => new QueueDispatcher(trigger, queues, app.Queues, options.Lease, invoker, time, log)).Select(dispatcher => (Func<CancellationToken, CancellationToken, Task>)dispatcher.RunAsync),
                    .. app.TimerTriggers.Select(trigger => new TimerDispatcher(trigger, invoker, time, log)).Select(dispatcher => (Func<CancellationToken, CancellationToken, Task>)((stop, _) => dispatcher.RunAsync(stop))),
                ]);
        }
        catch
        {
            await handler.DisposeAsync();
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
            await Task.WhenAll(dispatchers);
        }

        await handler.DisposeAsync();
        await front.DisposeAsync();
        stopping.Dispose();
        aborting.Dispose();
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
        foreach (var trigger in app.HttpTriggers)
        {
            front.MapMethods(trigger.Route, trigger.Methods, (RequestDelegate)forwarder.ForwardAsync);
        }

        return front;
    }
}
