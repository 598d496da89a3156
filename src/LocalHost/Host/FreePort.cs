using System.Net;
using System.Net.Sockets;

namespace IdcFunctions.LocalHost.Host;

/// <summary>Ports on 127.0.0.1.</summary>
public static class FreePort
{
    /// <summary>Ports that are remembered: more than one process starts servers on at once.</summary>
    public const int Remembered = 256;

    /// <summary>
    /// Below what systems take for outgoing connections (Linux from 32,768, Windows and macOS from 49,152): who connects again
    /// and again to such a port that nobody listens at yet is given it for itself one day, and holds it.
    /// </summary>
    private const int First = 20_000, Beyond = 32_768;

    private static readonly Queue<int> Taken = new();

    /// <summary>
    /// A port that is free now and is none of the last that were taken here, also of those that were given back a moment ago
    /// and are not used yet. Another program could still take it before it is used.
    /// </summary>
    public static int Take()
    {
        lock (Taken)
        {
            int port;
            do
            {
                port = Random.Shared.Next(First, Beyond);
            }
            while (Taken.Contains(port) || !IsFree(port));

            Taken.Enqueue(port);
            if (Taken.Count > Remembered)
            {
                Taken.Dequeue();
            }

            return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
