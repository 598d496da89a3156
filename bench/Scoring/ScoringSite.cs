using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;

namespace IdcFunctions.Bench.Scoring;

/// <summary>Azurite and the app under its host, with one scoring thread.</summary>
internal sealed class ScoringSite : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly Azurite azurite;
    private readonly HostLog log;
    private bool isHostEnded;

    private ScoringSite(Azurite azurite, HostLog log, FunctionsHost host)
    {
        this.azurite = azurite;
        this.log = log;
        Host = host;
    }

    /// <summary>The host.</summary>
    public FunctionsHost Host { get; }

    /// <summary>Connection string of the account.</summary>
    public string ConnectionString => azurite.ConnectionString;

    /// <summary>Starts both, and waits until the handler answers.</summary>
    public static async Task<ScoringSite> StartAsync(string app, CancellationToken cancellationToken)
    {
        var azurite = await Azurite.StartAsync(await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancellationToken), null, AzuritePorts.Free(), cancellationToken);
        await StorageSetup.CreateAsync(azurite.ConnectionString, cancellationToken);
        var log = new HostLog(TextWriter.Null, TimeProvider.System);
        var settings = HandlerSettings.For(azurite.ConnectionString, Lease);
        settings["Scoring__Threads"] = "1";
        var host = await FunctionsHost.StartAsync(FunctionApp.Load(app, settings), new FunctionsHostOptions(0, azurite.ConnectionString, Lease, settings), TimeProvider.System, log, cancellationToken);
        await host.Handler.WaitUntilReadyAsync(cancellationToken);
        return new ScoringSite(azurite, log, host);
    }

    /// <summary>Ends the host, so that nothing else is at work on the account.</summary>
    public async Task EndHostAsync()
    {
        if (!isHostEnded)
        {
            isHostEnded = true;
            await Host.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndHostAsync();
        log.Dispose();
        await azurite.DisposeAsync();
    }
}
