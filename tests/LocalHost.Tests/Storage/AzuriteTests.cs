using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using IdcFunctions.LocalHost.Storage;

namespace IdcFunctions.LocalHost.Tests.Storage;

public sealed class AzuriteTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_are_still_there_after_a_stop_and_a_start()
    {
        var ports = AzuritePorts.Free();
        await using (var azurite = await StartAsync(ports))
        {
            await new BlobServiceClient(azurite.ConnectionString).CreateBlobContainerAsync("kept", cancellationToken: Cancellation);
            await Container(azurite).UploadBlobAsync("a", BinaryData.FromString("content"), Cancellation);
        }

        await using (var azurite = await StartAsync(ports))
        {
            Assert.Equal("content", (await Container(azurite).GetBlobClient("a").DownloadContentAsync(Cancellation)).Value.Content.ToString());
        }
    }

    [Fact]
    public async Task It_outlives_ctrl_c_and_ends_when_its_parent_s_end_of_standard_input_closes()
    {
        var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, Cancellation);
        var ports = AzuritePorts.Free();
        var start = new ProcessStartInfo("node", [
            Path.Combine(AppContext.BaseDirectory, "azurite", "start.cjs"), "--silent", "--inMemoryPersistence", "--disableTelemetry",
            "--blobPort", Text(ports.Blob), "--queuePort", Text(ports.Queue), "--tablePort", Text(ports.Table)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["NODE_PATH"] = Path.Combine(installation, "node_modules") },
        };
        using var process = Process.Start(start)!;
        await Fixtures.Eventually.HoldsAsync("Azurite listens", () => IsListening(ports.Table));

        using (var interrupt = Process.Start("kill", ["-INT", Text(process.Id)]))
        {
            await interrupt.WaitForExitAsync(Cancellation);
        }

        await using (var other = await StartAsync(AzuritePorts.Free()))
        {
            // By now the signal has arrived.
            Assert.False(process.HasExited);
            Assert.True(IsListening(ports.Table));
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.False(IsListening(ports.Table));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;

        var refused = await Assert.ThrowsAsync<AzuriteException>(() => StartAsync(AzuritePorts.Free() with { Queue = taken }));

        Assert.Contains(Text(taken), refused.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static BlobContainerClient Container(Azurite azurite) => new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("kept");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool IsListening(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<Azurite> StartAsync(AzuritePorts ports) =>
        await Azurite.StartAsync(await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, Cancellation), folder, ports, Cancellation);
}
