using System.Diagnostics;
using IdcFunctions.LocalHost.Training;

namespace IdcFunctions.LocalHost.Tests.Training;

public sealed class TrainingEndTests
{
    [Fact]
    public async Task A_program_that_is_told_to_end_has_time_to_do_so()
    {
        using var program = await StartAsync("trap 'sleep 0.3; exit 7' TERM");

        await TrainingEnd.EndAsync(program, TimeSpan.FromMinutes(2), TimeProvider.System);

        Assert.Equal(7, program.ExitCode);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_killed()
    {
        using var program = await StartAsync("trap '' TERM");

        await TrainingEnd.EndAsync(program, TimeSpan.FromSeconds(0.3), TimeProvider.System);

        Assert.Equal(137, program.ExitCode);
    }

    [Fact]
    public async Task A_program_that_has_ended_is_left_alone()
    {
        using var program = Process.Start("sh", ["-c", "exit 3"]);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        await TrainingEnd.EndAsync(program, TimeSpan.FromMinutes(2), TimeProvider.System);

        Assert.Equal(3, program.ExitCode);
    }

    /// <summary>A shell that has set its trap and waits.</summary>
    private static async Task<Process> StartAsync(string trap)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        var start = new ProcessStartInfo("sh", ["-c", $"{trap}; echo ready; while true; do sleep 0.1; done"]) { RedirectStandardOutput = true };
        var program = Process.Start(start)!;
        Assert.Equal("ready", await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return program;
    }
}
