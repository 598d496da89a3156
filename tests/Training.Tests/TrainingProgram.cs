using System.Diagnostics;

namespace IdcFunctions.Training.Tests;

/// <summary>The training program as users start it: a process of its own.</summary>
public static class TrainingProgram
{
    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts it; the caller waits for it or ends it.</summary>
    public static Process Start(params string[] arguments) => Process.Start(StartInfo(arguments))!;

    /// <summary>How it is started.</summary>
    public static ProcessStartInfo StartInfo(params string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "IdcFunctions.Training.exe" : "IdcFunctions.Training"), arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory, // Packs of data sets are kept below it.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
