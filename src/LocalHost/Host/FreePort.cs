using System.Net;
using System.Net.Sockets;

namespace IdcFunctions.LocalHost.Host;

/// <summary>Ports on 127.0.0.1.</summary>
public static class FreePort
{
    /// <summary>A port that is free now. Another program could take it before it is used; the system hands such ports out in turn, so it does not in practice.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
