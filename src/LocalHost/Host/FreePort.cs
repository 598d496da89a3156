using System.Net;
using System.Net.Sockets;

namespace IdcFunctions.LocalHost.Host;

/// <summary>Ports on 127.0.0.1.</summary>
public static class FreePort
{
    /// <summary>Ports that are remembered: more than one process starts servers on at once.</summary>
    public const int Remembered = 256;

    private static readonly Queue<int> Taken = new();

    /// <summary>
    /// A port that is free now and is none of the last that were taken here: the system hands out by chance, also what was
    /// given back a moment ago and is not used yet. Another program could still take it before it is used.
    /// </summary>
    public static int Take()
    {
        lock (Taken)
        {
            int port;
            do
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                port = ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            while (Taken.Contains(port));

            Taken.Enqueue(port);
            if (Taken.Count > Remembered)
            {
                Taken.Dequeue();
            }

            return port;
        }
    }
}
