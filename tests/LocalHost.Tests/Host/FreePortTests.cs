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

    /// <summary>A client that polled a port before its server stood there was once given that port by the system, and the server found it taken.</summary>
    [Fact]
    public void No_outgoing_connection_is_given_the_port() => Assert.All(Enumerable.Range(0, 100), _ => Assert.InRange(FreePort.Take(), 1024, 32_767));
}
