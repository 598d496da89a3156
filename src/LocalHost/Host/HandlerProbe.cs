using System.Net.Sockets;

namespace IdcFunctions.LocalHost.Host;

/// <summary>Whether a handler that was started listens.</summary>
internal static class HandlerProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks <c>GET /</c> until there is any answer; refused connections mean that it is not there yet.</summary>
    /// <param name="client">A client whose base address is the handler's.</param>
    /// <param name="exited">Ends with the handler's process.</param>
    /// <param name="most">Time that the handler has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False where the process ended or the time did.</returns>
    public static async Task<bool> IsReadyAsync(HttpClient client, Task exited, TimeSpan most, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(most, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (!exited.IsCompleted)
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), both.Token);
                    return true;
                }
                catch (HttpRequestException exception) when (exception.InnerException is SocketException)
                {
                    await Task.WhenAny(exited, Task.Delay(Interval, time, both.Token));
                    both.Token.ThrowIfCancellationRequested();
                }
                catch (HttpRequestException)
                {
                    return !exited.IsCompleted;
                }
            }
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return false;
    }
}
