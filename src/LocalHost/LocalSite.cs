using System.Globalization;
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
    private readonly SiteParts parts;

    private LocalSite(SiteParts parts, Task completion, Uri address, string connection, string logFile, bool isOwner)
    {
        this.parts = parts;
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

    /// <summary>Ends with an error when the function app can't be kept running, or uploads or trainings are no longer noticed.</summary>
    public Task Completion { get; }

    /// <summary>Starts the site, or finds the process that serves the folder already.</summary>
    /// <exception cref="AzuriteException">Azurite can't be installed or started.</exception>
    /// <exception cref="IOException">The folder can't be written or has only a storage, or the port is taken.</exception>
    public static async Task<LocalSite> OpenAsync(
        LocalSiteOptions options, TimeProvider time, Action<string> tell, CancellationToken cancellationToken)
    {
        var data = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(data);
        var logFile = Path.Combine(data, "log.txt");
        return DataFolderLock.TryTake(data) is { } dataLock
            ? await StartAsync(options, data, dataLock, logFile, time, tell, cancellationToken)
            : await FindAsync(data, logFile, time, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => parts.DisposeAsync();

    private static async Task<LocalSite> StartAsync(
        LocalSiteOptions options,
        string data,
        DataFolderLock dataLock,
        string logFile,
        TimeProvider time,
        Action<string> tell,
        CancellationToken cancellationToken)
    {
        var parts = new SiteParts();
        parts.Add(dataLock);
        try
        {
            var siteAddress = new SiteAddress(data);
            siteAddress.Remove();
            var log = HostLog.ToFile(logFile, time);
            parts.Add(log.Dispose);
            var installation = await AzuriteInstallation.FindOrInstallAsync(tell, cancellationToken);
            var azurite = await Azurite.StartAsync(installation, Path.Combine(data, "azurite"), AzuritePorts.Free(), cancellationToken);
            parts.Add(azurite);
            await StorageSetup.CreateAsync(azurite.ConnectionString, cancellationToken);
            var app = Path.Combine(AppContext.BaseDirectory, "app");
            var settings = HandlerSettings.For(azurite.ConnectionString, options.Lease);
            var host = await FunctionsHost.StartAsync(
                FunctionApp.Load(app, settings),
                new FunctionsHostOptions(options.Port, azurite.ConnectionString, options.Lease, settings),
                time,
                log,
                cancellationToken);
            parts.Add(host);
            var localhost = new UriBuilder(host.Address) { Host = "localhost" }.Uri;
            await StorageSetup.AllowUploadsFromAsync(azurite.ConnectionString, [host.Address, localhost], cancellationToken);
            await host.Handler.WaitUntilReadyAsync(cancellationToken);
            parts.Watch(new UploadWatcher(azurite.ConnectionString, time, log).RunAsync);
            parts.Watch(new TrainingStarter(azurite.ConnectionString, Path.Combine(data, "training"), options.TrainingHourPrice, time, log).RunAsync);
            await siteAddress.WriteAsync(host.Address, azurite.ConnectionString, cancellationToken);
            parts.Add(siteAddress.Remove);
            return new LocalSite(parts, parts.CompletionAsync(host.Completion), host.Address, azurite.ConnectionString, logFile, isOwner: true);
        }
        catch (Exception exception)
        {
            await parts.DisposeAsync();
            if (exception is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Port {options.Port} is taken by another program. Choose another with --port, or stop that program."));
            }

            throw;
        }
    }

    /// <summary>Waits for the address that the serving process writes once its handler is ready.</summary>
    private static async Task<LocalSite> FindAsync(string data, string logFile, TimeProvider time, CancellationToken cancellationToken)
    {
        var siteAddress = new SiteAddress(data);
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < TimeSpan.FromMinutes(3);)
        {
            if (await siteAddress.FindAsync(cancellationToken) is { } found)
            {
                return new LocalSite(
                    new SiteParts(),
                    Task.Delay(Timeout.Infinite, CancellationToken.None),
                    found.App,
                    found.Connection,
                    logFile,
                    isOwner: false);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }

        throw new IOException(
            $"{data} is in use by another process, which did not become ready within three minutes. "
            + $"See {logFile}, or give another folder with --data.");
    }
}
