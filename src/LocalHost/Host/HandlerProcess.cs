using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// The custom handler's process under the Functions host's rules: the same port after a restart; an exit code other than
/// 0 and 200, or no readiness in time, is an error after which it is started again; the third error, each within 30
/// minutes of the one before, ends the host; exit code 200 starts it again without counting; exit code 0 does nothing
/// at all, and every call after it fails.
/// </summary>
public sealed class HandlerProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    private readonly FunctionApp app;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly TimeProvider time;
    private readonly HostLog log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly HandlerErrors errors = new();
    private readonly SocketsHttpHandler connections = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    };
    private TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource ended = new();
    private Process? current;
    private Process? killed;
    private Task? loop;

    /// <summary>Prepares the process; <see cref="Start"/> starts it.</summary>
    /// <param name="app">The function app.</param>
    /// <param name="environment">App settings, given to the handler as environment variables.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where the handler's output and the host's decisions go.</param>
    public HandlerProcess(FunctionApp app, IReadOnlyDictionary<string, string> environment, TimeProvider time, HostLog log)
    {
        this.app = app;
        this.environment = environment;
        this.time = time;
        this.log = log;
        Port = FreePort.Take();
        Client = new HttpClient(connections, disposeHandler: false)
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/")),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The handler's port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>A client whose base address is the handler's.</summary>
    public HttpClient Client { get; }

    /// <summary>The handler's process id; null between two of them.</summary>
    public int? ProcessId
    {
        get
        {
            lock (gate)
            {
                return current?.Id;
            }
        }
    }

    /// <summary>Ends when the host is to end: cancelled by <see cref="DisposeAsync"/>, or with the error that was one too many.</summary>
    public Task Completion => loop ?? Task.CompletedTask;

    /// <summary>Starts the process and keeps it running.</summary>
    public void Start() => loop = KeepRunningAsync(stopping.Token);

    /// <summary>Waits until the handler answers.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        Task waiting;
        lock (gate)
        {
            waiting = ready.Task;
        }

        // A host that has given up will never be ready.
        await (await Task.WhenAny(waiting, Completion)).WaitAsync(cancellationToken);
        if (!waiting.IsCompleted)
        {
            await waiting.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// A call's connection broke: where the process is at its end, waits until that is noticed, so that the call's
    /// repetition waits for the next process instead of meeting a dead port.
    /// </summary>
    public Task WaitForEndAsync()
    {
        lock (gate)
        {
            return current is null ? Task.CompletedTask : Task.WhenAny(ended.Task, Task.Delay(EndLimit, time));
        }
    }

    /// <summary>An invocation took longer than functionTimeout: everything in the handler goes with it, and a new one starts.</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (current is { HasExited: false } process)
            {
                Close();
                killed = process;
                process.Kill();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        lock (gate)
        {
            if (current is { HasExited: false } process)
            {
                // The Functions host never asks a handler to stop: it kills.
                process.Kill();
            }
        }

        if (loop is not null)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Client.Dispose();
        connections.Dispose();
        stopping.Dispose();
    }

    private async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = await RunAsync(cancellationToken);
            if (end.IsForGood)
            {
                log.Write("The handler exited with code 0: the Functions host would not start it again. Calls fail from here on.");
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }

            log.Write($"The handler {end}; it is started again.");
            if (end.IsError && errors.IsOneTooMany(time.GetUtcNow()))
            {
                throw new HandlerFailedException(
                    $"The function app ended {HandlerErrors.Most} times, each within {HandlerErrors.Window.TotalMinutes} minutes "
                    + $"of the one before; the last time it {end}. {log.LastLines}");
            }
        }
    }

    /// <summary>One process, from its start to its end; it has ended however this method does.</summary>
    private async Task<HandlerEnd> RunAsync(CancellationToken cancellationToken)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var process = StartProcess(exited);
        try
        {
            var isReady = await HandlerProbe.IsReadyAsync(Client, exited.Task, app.InitializationTimeout, time, cancellationToken);
            var tookTooLong = false;
            lock (gate)
            {
                if (isReady && (current == process || process.ExitCode == 0))
                {
                    ready.TrySetResult();
                }
                else if (current == process)
                {
                    tookTooLong = !process.HasExited;
                    process.Kill();
                }
            }

            await exited.Task;
            await ReadRestAsync(process);
            cancellationToken.ThrowIfCancellationRequested();
            lock (gate)
            {
                var wasKilled = killed == process;
                return new HandlerEnd(process.ExitCode, isReady, wasKilled, tookTooLong && !wasKilled);
            }
        }
        finally
        {
            process.Kill();
            await exited.Task;
        }
    }

    /// <summary>Called as soon as a process has ended: calls wait for the next one, but not after exit code 0, which has none.</summary>
    private void Leave(Process process)
    {
        lock (gate)
        {
            current = null;
            if (process.ExitCode != 0)
            {
                Close();
            }
        }
    }

    /// <summary>Calls wait from here on; those that wait already go on waiting for the same event.</summary>
    private void Close()
    {
        if (ready.Task.IsCompleted)
        {
            ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits for the last lines of a process that has ended; a child that it left behind may hold its output open for ever.</summary>
    private async Task ReadRestAsync(Process process)
    {
        using var limit = new CancellationTokenSource(OutputLimit, time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            log.Write("The handler has ended, but a process that it started holds its output open.");
        }
    }

    private Process StartProcess(TaskCompletionSource exited)
    {
        var process = new Process { StartInfo = HandlerStart.Of(app, environment, Port), EnableRaisingEvents = true };
        process.Exited += (_, _) =>
        {
            Leave(process);
            exited.TrySetResult();
        };
        process.OutputDataReceived += (_, line) => log.WriteHandlerLine(line.Data);
        process.ErrorDataReceived += (_, line) => log.WriteHandlerLine(line.Data);
        lock (gate)
        {
            stopping.Token.ThrowIfCancellationRequested();
            try
            {
                process.Start();
            }
            catch (Win32Exception exception)
            {
                process.Dispose();
                throw new HandlerFailedException($"{app.Executable} can't be started: {exception.Message}. Build the solution again.");
            }

            (current, ended) = (process, exited);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
