using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.Bench.Page;

/// <summary>OpenSlide's own example server (Debian: apt install python3-flask python3-openslide python-openslide-examples), with our tiles' size and quality.</summary>
internal sealed class OpenSlideServer : IAsyncDisposable
{
    private const string Script = "/usr/share/doc/python-openslide-examples/examples/deepzoom/deepzoom_server.py";

    private readonly Process process;

    private OpenSlideServer(Process process, int port)
    {
        this.process = process;
        Client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>A client of it.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it on a slide.</summary>
    public static async Task<OpenSlideServer> StartAsync(string slide)
    {
        var port = FreePort.Take();
        var start = new ProcessStartInfo("/usr/bin/python3", [Script, "-p", port.ToString(CultureInfo.InvariantCulture), "-s", "256", "-e", "0", "-Q", "85", "-B", Path.GetFullPath(slide)]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var server = new OpenSlideServer(process, port);
        while (true)
        {
            try
            {
                using var answer = await server.Client.GetAsync(new Uri("slide.dzi", UriKind.Relative));
                return server;
            }
            catch (HttpRequestException exception) when (exception.InnerException is SocketException && !process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        }
    }

    /// <summary>Where it has a tile.</summary>
    public static string Address(Tile tile) => string.Create(CultureInfo.InvariantCulture, $"slide_files/{tile.Level}/{tile.Column}_{tile.Row}.jpeg");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
