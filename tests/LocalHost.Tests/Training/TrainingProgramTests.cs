using System.Diagnostics;
using IdcFunctions.LocalHost.Training;

namespace IdcFunctions.LocalHost.Tests.Training;

public sealed class TrainingProgramTests
{
    [Fact]
    public void Where_there_is_no_dotnet_the_error_says_what_to_install()
    {
        var refused = Assert.Throws<IOException>(() => TrainingProgram.Start(new ProcessStartInfo("no-such-dotnet")));

        Assert.Contains("no-such-dotnet is on the PATH", refused.Message, StringComparison.Ordinal);
    }
}
