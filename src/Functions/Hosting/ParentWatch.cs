using System.Globalization;
using System.Runtime.InteropServices;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// Ends the handler when the process that started it has gone: a host that is stopped in mid-invocation leaves its
/// handler behind as an orphan that nobody sends messages to. getppid() is compared with what the host says of itself, else
/// with its value at the program's first line, and from before storage is first asked, which may not answer;
/// PR_SET_PDEATHSIG would fire when the starting thread ends.
/// </summary>
public sealed partial class ParentWatch : IDisposable
{
    private const string HostProcessVariable = "IDC_HOST_PROCESS";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly ITimer timer;

    /// <summary>Begins to watch.</summary>
    /// <param name="parent">What <see cref="HostProcessId"/> was at the program's first line.</param>
    /// <param name="lifetime">What is stopped.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the parent has gone.</param>
    public ParentWatch(int parent, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ParentWatch> logger) => timer = time.CreateTimer(
        _ =>
        {
            if (ParentProcessId() != parent && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                Orphaned(logger, parent);
                lifetime.StopApplication();
            }
        },
        null,
        Interval,
        Interval);

    /// <summary>
    /// The host's process: as <c>idc</c> says, so that a handler whose host died before the handler's first line notices, else
    /// the parent now. A parent that is process 1 tells nothing: in a container the host is.
    /// </summary>
    public static int HostProcessId() =>
        int.TryParse(Environment.GetEnvironmentVariable(HostProcessVariable), CultureInfo.InvariantCulture, out var host) ? host : ParentProcessId();

    /// <summary>The process that started this one, or that has taken it over; 0 on Windows, which does not tell.</summary>
    private static int ParentProcessId() => OperatingSystem.IsWindows() ? 0 : GetParentProcessId();

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetParentProcessId();

    [LoggerMessage(1, LogLevel.Warning, "The Functions host (process {Parent}) has gone; the handler stops after its current messages")]
    private static partial void Orphaned(ILogger logger, int parent);
}
