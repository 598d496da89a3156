using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Tests.Host;

public sealed class FreePortTests
{
    [Fact]
    public void A_port_that_was_just_taken_is_not_given_again()
    {
        var ports = Enumerable.Range(0, FreePort.Remembered).Select(_ => FreePort.Take()).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }
}
