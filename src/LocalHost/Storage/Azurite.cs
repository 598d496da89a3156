using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IdcFunctions.LocalHost.Storage;

/// <summary>A running Azurite on 127.0.0.1. It ends with this program, however this program ends, and saves its data when it is told to.</summary>
public sealed class Azurite : IAsyncDisposable
{
    /// <summary>Azurite's well-known development account.</summary>
    private const string Account = "devstoreaccount1";

    /// <summary>Its key, published in Azurite's documentation: a constant of the emulator, no secret.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private Azurite(Process process, AzuritePorts ports, string scheme)
    {
        this.process = process;
        ConnectionString = string.Create(
            CultureInfo.InvariantCulture,
            $"DefaultEndpointsProtocol={scheme};AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint={scheme}://127.0.0.1:{ports.Blob}/{Account};"
            + $"QueueEndpoint={scheme}://127.0.0.1:{ports.Queue}/{Account};"
            + $"TableEndpoint={scheme}://127.0.0.1:{ports.Table}/{Account}");
    }

    /// <summary>Connection string of its account.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts Azurite.</summary>
    /// <param name="installation">Folder that <see cref="AzuriteInstallation"/> gave.</param>
    /// <param name="data">Folder for its data; null to keep all of it in memory.</param>
    /// <param name="ports">Its ports.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="certificate">
    /// With it HTTPS is spoken, and an identity's token is as good as the account's key; null for HTTP and the key alone.
    /// </param>
    /// <exception cref="AzuriteException">It ended before it answered; the message quotes it.</exception>
    public static async Task<Azurite> StartAsync(
        string installation,
        string? data,
        AzuritePorts ports,
        CancellationToken cancellationToken,
        AzuriteCertificate? certificate = null)
    {
        foreach (var port in new[] { ports.Blob, ports.Queue, ports.Table })
        {
            ThrowIfTaken(port);
        }

        // The script stands with this program; what it requires, in the installation.
        var script = Path.Combine(AppContext.BaseDirectory, "azurite", "start.cjs");
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = installation,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = Path.Combine(installation, "node_modules") },
        };
        string[] arguments =
        [
            script, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
            "--blobPort", ports.Blob.ToString(CultureInfo.InvariantCulture),
            "--queuePort", ports.Queue.ToString(CultureInfo.InvariantCulture),
            "--tablePort", ports.Table.ToString(CultureInfo.InvariantCulture),
            .. data is null ? ["--inMemoryPersistence"] : new[] { "--location", data },
            .. certificate is null ? [] : new[] { "--oauth", "basic", "--cert", certificate.File, "--key", certificate.KeyFile },
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var output = new StringBuilder();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(output, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            process.Dispose();
            throw new AzuriteException(
                $"node can't be started ({exception.Message}). "
                + "Install Node.js 20 or newer: Azurite, the storage emulator, runs on it.");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var azurite = new Azurite(process, ports, certificate is null ? "http" : "https");
        try
        {
            foreach (var port in new[] { ports.Blob, ports.Queue, ports.Table })
            {
                await WaitForAsync(process, port, output, cancellationToken);
            }

            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopLimit);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        finally
        {
            process.Dispose();
        }
    }

    private static async Task WaitForAsync(Process process, int port, StringBuilder output, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                if (process.HasExited)
                {
                    throw new AzuriteException($"Azurite ended with exit code {process.ExitCode}: {Read(output)}");
                }

                await Task.Delay(ProbeInterval, cancellationToken);
            }
        }
    }

    /// <summary>Whatever listens on a port would be taken for Azurite.</summary>
    private static void ThrowIfTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new AzuriteException(string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port}, which Azurite is to have, is taken ({exception.Message}). Stop what holds it."));
        }
    }

    private static void Keep(StringBuilder output, string? line)
    {
        lock (output)
        {
            if (line is not null && output.Length < 4000)
            {
                output.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder output)
    {
        lock (output)
        {
            return output.ToString().Trim();
        }
    }
}
