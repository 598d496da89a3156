using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IdcFunctions.LocalHost.Training;

/// <summary>Ends the training program as Container Apps does: it is told to end, has time to keep a checkpoint, and is killed only then.</summary>
public static partial class TrainingEnd
{
    /// <summary>Longer than the program takes at most; less than the local host itself has at its end.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(27);

    private const int Terminate = 15;

    /// <summary>Ends a program and waits until it has ended. Windows has no signals: there it is killed.</summary>
    public static async Task EndAsync(Process program, TimeSpan grace, TimeProvider time)
    {
        if (!program.HasExited && !OperatingSystem.IsWindows() && Send(program.Id, Terminate) == 0)
        {
            using var limit = new CancellationTokenSource(grace, time);
            await program.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!program.HasExited)
        {
            program.Kill(entireProcessTree: true);
        }

        await program.WaitForExitAsync(CancellationToken.None);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Send(int process, int signal);
}
