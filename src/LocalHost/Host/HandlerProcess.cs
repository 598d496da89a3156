using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// The custom handler's process under the Functions host's rules: the same port after a restart; an exit code other than
/// 0 and 200, or no readiness in time, is an error after which it is started again; the third error, each within 30
/// minutes of the one before, ends the host; exit code 200 starts it again without counting; exit code 0 does nothing
/// at all, and every call after it fails.
/// </summary>
public sealed class HandlerProcess : IAsyncDisposable
{
    private const int MostErrors = 3;
    private static readonly TimeSpan ErrorWindow = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(25);

    private readonly FunctionApp app;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly TimeProvider time;
    private readonly HostLog log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<DateTimeOffset> errors = [];
    private readonly SocketsHttpHandler connections = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
    private TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? current;
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

    /// <summary>An invocation took longer than functionTimeout: everything in the handler goes with it, and a new one starts.</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (current is { HasExited: false } process)
            {
                ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                killed = process.Id;
                process.Kill();
            }
        }
    }

    private int? killed;

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
            await loop.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Client.Dispose();
        connections.Dispose();
        stopping.Dispose();
    }

    private async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var process = StartProcess();
            var exited = process.WaitForExitAsync(CancellationToken.None);
            var isReady = await ProbeAsync(exited, cancellationToken);
            if (isReady)
            {
                lock (gate)
                {
                    ready.TrySetResult();
                }

                await exited;
            }
            else if (!process.HasExited)
            {
                process.Kill();
                await exited;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var (wasKilled, code) = (killed == process.Id, process.ExitCode);
            lock (gate)
            {
                current = null;
            }

            if (isReady && code == 0 && !wasKilled)
            {
                log.Write("The handler exited with code 0: the Functions host would not start it again. Calls fail from here on.");
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }

            lock (gate)
            {
                if (ready.Task.IsCompleted)
                {
                    ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            if (wasKilled || code == 200)
            {
                log.Write($"The handler ended ({(wasKilled ? "functionTimeout" : "exit code 200")}); it is started again.");
                continue;
            }

            log.Write(isReady
                ? $"The handler exited with code {code}; it is started again."
                : $"The handler was not ready: {(code == 137 ? $"no answer within {app.InitializationTimeout}" : $"it exited with code {code}")}; it is started again.");
            ThrowIfTooMany(code);
        }
    }

    private void ThrowIfTooMany(int code)
    {
        var now = time.GetUtcNow();
        if (errors.Count > 0 && now - errors[^1] > ErrorWindow)
        {
            errors.Clear();
        }

        errors.Add(now);
        if (errors.Count >= MostErrors)
        {
            throw new HandlerFailedException($"The function app ended {MostErrors} times in a row, the last time with exit code {code}. {log.LastLines}");
        }
    }

    private Process StartProcess()
    {
        var start = new ProcessStartInfo(app.Executable)
        {
            WorkingDirectory = app.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in app.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var (port, worker) = (Port.ToString(CultureInfo.InvariantCulture), Guid.NewGuid().ToString());
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "custom";
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port;
        start.Environment["FUNCTIONS_HTTPWORKER_PORT"] = port;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = worker;
        start.Environment["FUNCTIONS_HTTPWORKER_ID"] = worker;
        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = app.Root;
        var process = new Process { StartInfo = start };
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

            current = process;
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Asks <c>GET /</c> until there is any answer; refused connections mean that it is not there yet.</summary>
    private async Task<bool> ProbeAsync(Task exited, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(app.InitializationTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (!exited.IsCompleted)
            {
                try
                {
                    using var answer = await Client.GetAsync(new Uri("/", UriKind.Relative), both.Token);
                    return true;
                }
                catch (HttpRequestException exception) when (exception.InnerException is SocketException)
                {
                    await Task.WhenAny(exited, Task.Delay(ProbeInterval, time, both.Token));
                    both.Token.ThrowIfCancellationRequested();
                }
                catch (HttpRequestException)
                {
                    return !exited.IsCompleted;
                }
            }
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return false;
    }
}
