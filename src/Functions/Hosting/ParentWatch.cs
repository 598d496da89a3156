using System.Runtime.InteropServices;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// Ends the handler when the process that started it has gone: a host that is stopped in mid-invocation leaves its
/// handler behind as an orphan that nobody sends messages to. getppid() is compared with its value at start;
/// PR_SET_PDEATHSIG would fire when the starting thread ends.
/// </summary>
public sealed partial class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ParentWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var parent = ParentProcessId();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ParentProcessId() != parent)
            {
                Orphaned(logger, parent);
                lifetime.StopApplication();
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int ParentProcessId();

    [LoggerMessage(1, LogLevel.Warning, "The Functions host (process {Parent}) has gone; the handler stops after its current messages")]
    private static partial void Orphaned(ILogger logger, int parent);
}
