using System.Diagnostics;
using System.Globalization;

namespace IdcFunctions.Bench.Scoring;

/// <summary>Which core a process or thread may run on; children inherit it.</summary>
internal static class Affinity
{
    /// <summary>Binds all threads of a process.</summary>
    public static void SetProcess(int process, int core) => Run("-a", process, core);

    /// <summary>Binds one thread.</summary>
    public static void SetThread(int thread, int core) => Run(null, thread, core);

    private static void Run(string? all, int id, int core)
    {
        string[] arguments = [.. all is null ? Array.Empty<string>() : [all], "-p", "-c", core.ToString(CultureInfo.InvariantCulture), id.ToString(CultureInfo.InvariantCulture)];
        using var taskset = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true })!;
        taskset.WaitForExit();
        if (taskset.ExitCode != 0)
        {
            throw new InvalidOperationException($"taskset {string.Join(' ', arguments)} ended with exit code {taskset.ExitCode}.");
        }
    }
}
