using System.Diagnostics;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The command <c>idc</c>, started as a user starts it, in an empty folder of its own.</summary>
internal static class IdcProcess
{
    /// <summary>Starts the command.</summary>
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(PublishedApp.Command) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = HandlerSettings.For("", TimeSpan.Zero)["DOTNET_ROOT"];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs the command to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
