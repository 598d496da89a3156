using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.Bench.Chaos;

/// <summary>A running <see cref="ChaosHost"/>.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;
    private readonly Task log;

    private HostProcess(Process process, Task log, Uri address, int handlerPort)
    {
        this.process = process;
        this.log = log;
        Address = address;
        HandlerPort = handlerPort;
    }

    /// <summary>Where the app's HTTP functions answer.</summary>
    public Uri Address { get; }

    /// <summary>The handler's port, the same after the handler was killed.</summary>
    public int HandlerPort { get; }

    /// <summary>True where it has ended, killed or since its handler was killed too often.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Starts a host on an account.</summary>
    /// <param name="connection">The account, behind the faulty proxy.</param>
    /// <param name="app">The published app's folder.</param>
    /// <param name="logFile">File that its log is appended to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<HostProcess> StartAsync(string connection, string app, string logFile, CancellationToken cancellationToken)
    {
        var program = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Program").Value!;
        while (true)
        {
            var start = new ProcessStartInfo(program, [ChaosHost.Argument, connection, app]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["DOTNET_ROOT"] = HandlerSettings.For("", TimeSpan.Zero)["DOTNET_ROOT"];
            var process = Process.Start(start)!;
            var log = CopyAsync(process.StandardError, logFile);
            if (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                var parts = line.Split(' ');
                return new HostProcess(process, log, new Uri(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
            }

            // Faults may end a host at its very start; the platform starts another.
            await process.WaitForExitAsync(cancellationToken);
            process.Dispose();
            await log;
        }
    }

    /// <summary>Kills the host; its handler lives on as an orphan until it notices.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Ends the host in order: what runs is drained, then the handler ends.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Kills the handler; false where there is none at the moment.</summary>
    public bool TryKillHandler()
    {
        if (ChildOf(process.Id) is not { } handler)
        {
            return false;
        }

        try
        {
            using var child = Process.GetProcessById(handler);
            child.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        log.Wait(TimeSpan.FromSeconds(5));
    }

    private static async Task CopyAsync(StreamReader from, string file)
    {
        await using var to = new StreamWriter(file, append: true) { AutoFlush = true };
        while (await from.ReadLineAsync() is { } line)
        {
            await to.WriteLineAsync(line);
        }
    }

    private static int? ChildOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && IsChild(folder, parent))
            {
                return id;
            }
        }

        return null;
    }

    private static bool IsChild(string folder, int parent)
    {
        try
        {
            return File.ReadLines(Path.Combine(folder, "status")).Contains(string.Create(CultureInfo.InvariantCulture, $"PPid:\t{parent}"));
        }
        catch (IOException)
        {
            // It ended while it was looked at.
            return false;
        }
    }
}
