using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>
/// Listens in the handler's place (its process idles) and keeps what arrives, byte for byte. It answers each request on
/// a connection of its own.
/// </summary>
internal sealed class RawHandler : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener;
    private readonly Task listening;

    private RawHandler(ScriptedApp app, FunctionsHost host)
    {
        App = app;
        Host = host;
        listener = new TcpListener(IPAddress.Loopback, host.Handler.Port);
        listener.Start();
        listening = ListenAsync();
    }

    /// <summary>The app.</summary>
    public ScriptedApp App { get; }

    /// <summary>The host under test.</summary>
    public FunctionsHost Host { get; }

    /// <summary>What arrived, the readiness probe first.</summary>
    public ConcurrentQueue<HttpText> Requests { get; } = new();

    /// <summary>The answer from now on: status line, headers, blank line, body.</summary>
    public string Answer { get; set; } = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

    /// <summary>Starts a host for the app and waits until it has found this handler ready.</summary>
    public static async Task<RawHandler> StartAsync(ScriptedApp app, string connection)
    {
        app.Starts = "idle";
        var handler = new RawHandler(app, await app.StartAsync(connection));
        await handler.Host.Handler.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        handler.Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        return handler;
    }

    /// <summary>Waits for a request with this method.</summary>
    public async Task<HttpText> ReceivedAsync(string method)
    {
        HttpText? found = null;
        await Eventually.HoldsAsync($"a {method} request arrives", () => (found = Requests.FirstOrDefault(request => request.Line.StartsWith($"{method} ", StringComparison.Ordinal))) is not null);
        return found!;
    }

    /// <summary>Sends a request to the host's HTTP, byte for byte, and reads the answer.</summary>
    public async Task<HttpText> SendAsync(string head, byte[]? body = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Host.Address.Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head.ReplaceLineEndings("\r\n")}\r\nConnection: close\r\n\r\n"), cancellationToken);
        await stream.WriteAsync(body ?? [], cancellationToken);
        return (await HttpText.ReadAsync(stream, endsWithConnection: true, cancellationToken))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await stopping.CancelAsync();
        listener.Dispose();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        App.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(stopping.Token);
            await using var stream = client.GetStream();
            if (await HttpText.ReadAsync(stream, endsWithConnection: false, stopping.Token) is { } request)
            {
                Requests.Enqueue(request);

                // A host that is not told so sends its next call on the connection that is being closed, and loses it.
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer.Insert(Answer.IndexOf("\r\n", StringComparison.Ordinal), "\r\nConnection: close")), stopping.Token);
            }
        }
    }
}
