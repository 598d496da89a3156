using System.Diagnostics;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Functions.Tests;

/// <summary>The page's own tests, which its own tools run.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task The_pages_own_tests_pass()
    {
        using var tests = Process.Start(new ProcessStartInfo("npm", ["test", "--silent"]) { WorkingDirectory = Path.Combine(Repository.Root, "src", "Page"), RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = tests.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = await tests.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tests.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(tests.ExitCode == 0, told + await errors);
    }
}
