using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace IdcFunctions.Infra.Tests;

/// <summary>The Bicep command line of the package that the project downloads.</summary>
public static class BicepProgram
{
    /// <summary>Whether it runs here; it is built for x64 Linux.</summary>
    public static bool RunsHere => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64;

    private static string Package { get; } = typeof(BicepProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "BicepPackage").Value!;

    /// <summary>Skips the running test where the program does not run.</summary>
    public static void Require() =>
        Assert.SkipUnless(RunsHere, $"The Bicep program of the tests is built for x64 Linux; this is {RuntimeInformation.RuntimeIdentifier}.");

    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code, and standard output and error together: where all is well, commands that write files say nothing.</returns>
    public static Task<(int ExitCode, string Output)> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(), cancellationToken, arguments);

    /// <summary>The same, in an environment with more in it.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(ExecutablePath(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // What the parameter files ask of the environment.
        start.Environment["IMAGE_TAG"] = "1.0.0";
        start.Environment["ENTRA_CLIENT_ID"] = "00000000-0000-0000-0000-000000000002";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static string ExecutablePath()
    {
        var program = Path.Combine(Package, "tools", "bicep");
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(program) is var mode && !mode.HasFlag(UnixFileMode.UserExecute))
        {
            // Packages carry no run bits.
            File.SetUnixFileMode(program, mode | UnixFileMode.UserExecute);
        }

        return program;
    }
}
