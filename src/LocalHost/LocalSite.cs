using System.Globalization;
using System.Net.Sockets;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.LocalHost.Training;

namespace IdcFunctions.LocalHost;

/// <summary>
/// START of the local host: everything that stands in for Azure on one machine (Azurite, Event Grid, the Functions
/// host, the training job) with its data in one folder; or, where another process already serves that folder, the way to it.
/// </summary>
public sealed class LocalSite : IAsyncDisposable
{
    private const string AddressFile = "address";

    private readonly Stack<IAsyncDisposable> parts;
    private readonly CancellationTokenSource stopping;
    private readonly Task watching;

    private LocalSite(Stack<IAsyncDisposable> parts, CancellationTokenSource stopping, Task watching, Task completion, Uri address, string connection, string logFile, bool isOwner)
    {
        this.parts = parts;
        this.stopping = stopping;
        this.watching = watching;
        Completion = completion;
        Address = address;
        StorageConnection = connection;
        LogFile = logFile;
        IsOwner = isOwner;
    }

    /// <summary>Where page and API answer.</summary>
    public Uri Address { get; }

    /// <summary>Connection string of the storage account.</summary>
    public string StorageConnection { get; }

    /// <summary>The log of host and handler.</summary>
    public string LogFile { get; }

    /// <summary>True where this process serves; false where another one was found doing so.</summary>
    public bool IsOwner { get; }

    /// <summary>Ends with an error when the function app can't be kept running.</summary>
    public Task Completion { get; }

    /// <summary>Starts the site, or finds the process that serves the folder already.</summary>
    /// <exception cref="AzuriteException">Azurite can't be installed or started.</exception>
    /// <exception cref="IOException">The folder can't be written, or the port is taken.</exception>
    public static async Task<LocalSite> OpenAsync(LocalSiteOptions options, TimeProvider time, Action<string> tell, CancellationToken cancellationToken)
    {
        var data = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(data);
        var logFile = Path.Combine(data, "log.txt");
        return TryLock(Path.Combine(data, "lock")) is { } dataLock
            ? await StartAsync(options, data, dataLock, logFile, time, tell, cancellationToken)
            : await FindAsync(data, logFile, time, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        while (parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        stopping.Dispose();
    }

    private static async Task<LocalSite> StartAsync(
        LocalSiteOptions options, string data, FileStream dataLock, string logFile, TimeProvider time, Action<string> tell, CancellationToken cancellationToken)
    {
        var addressFile = Path.Combine(data, AddressFile);
        File.Delete(addressFile);
        var parts = new Stack<IAsyncDisposable>();
        parts.Push(dataLock);
        var stopping = new CancellationTokenSource();
        try
        {
            var log = HostLog.ToFile(logFile, time);
            parts.Push(new AsyncDisposal(log.Dispose));
            var installation = await AzuriteInstallation.FindOrInstallAsync(tell, cancellationToken);
            var azurite = await Azurite.StartAsync(installation, Path.Combine(data, "azurite"), AzuritePorts.Free(), cancellationToken);
            parts.Push(azurite);
            await StorageSetup.CreateAsync(azurite.ConnectionString, cancellationToken);
            var app = Path.Combine(AppContext.BaseDirectory, "app");
            var settings = HandlerSettings.For(azurite.ConnectionString, options.Lease);
            var host = await FunctionsHost.StartAsync(
                FunctionApp.Load(app, settings), new FunctionsHostOptions(options.Port, azurite.ConnectionString, options.Lease, settings), time, log, cancellationToken);
            parts.Push(host);
            await StorageSetup.AllowUploadsFromAsync(azurite.ConnectionString, [host.Address, new UriBuilder(host.Address) { Host = "localhost" }.Uri], cancellationToken);
            await host.Handler.WaitUntilReadyAsync(cancellationToken);
            var watching = Task.WhenAll(
                new UploadWatcher(azurite.ConnectionString, time, log).RunAsync(stopping.Token),
                new TrainingStarter(azurite.ConnectionString, Path.Combine(data, "training"), options.TrainingHourPrice, time, log).RunAsync(stopping.Token));
            await File.WriteAllLinesAsync($"{addressFile}.new", [host.Address.ToString(), azurite.ConnectionString], cancellationToken);
            File.Move($"{addressFile}.new", addressFile);
            parts.Push(new AsyncDisposal(() => File.Delete(addressFile)));
            return new LocalSite(parts, stopping, watching, host.Completion, host.Address, azurite.ConnectionString, logFile, isOwner: true);
        }
        catch (Exception exception)
        {
            await stopping.CancelAsync();
            while (parts.TryPop(out var part))
            {
                await part.DisposeAsync();
            }

            stopping.Dispose();
            if (exception is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"Port {options.Port} is taken by another program. Choose another with --port, or stop that program."));
            }

            throw;
        }
    }

    /// <summary>Waits for the address that the serving process writes once its handler is ready.</summary>
    private static async Task<LocalSite> FindAsync(string data, string logFile, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = Path.Combine(data, AddressFile);
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < TimeSpan.FromMinutes(3);)
        {
            if (File.Exists(file) && await File.ReadAllLinesAsync(file, cancellationToken) is [var address, var connection])
            {
                return new LocalSite(new(), new(), Task.CompletedTask, Task.Delay(Timeout.Infinite, CancellationToken.None), new Uri(address), connection, logFile, isOwner: false);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }

        throw new IOException($"{data} is in use by another process, which did not become ready within three minutes. See {logFile}, or give another folder with --data.");
    }

    private static FileStream? TryLock(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    private sealed class AsyncDisposal(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }
    }
}
