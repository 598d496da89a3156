namespace IdcFunctions.Bench.Chaos;

/// <summary>The host of a trial: started again where it has ended, killed, replaced by one of another build.</summary>
internal sealed class ChaosHosts : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly string connection;
    private readonly string log;
    private readonly SemaphoreSlim starting = new(1);
    private string app;
    private bool isUpgraded;
    private HostProcess host;
    private HostProcess? leaving;

    private ChaosHosts(string connection, string log, string app, HostProcess host)
    {
        this.connection = connection;
        this.log = log;
        this.app = app;
        this.host = host;
    }

    /// <summary>Where the app's HTTP functions answer.</summary>
    public Uri Address => host.Address;

    /// <summary>The handler's port.</summary>
    public int HandlerPort => host.HandlerPort;

    /// <summary>Handlers killed.</summary>
    public int HandlerKills { get; private set; }

    /// <summary>Hosts killed.</summary>
    public int HostKills { get; private set; }

    /// <summary>Starts a host.</summary>
    /// <param name="connection">The account, behind the faulty proxy.</param>
    /// <param name="log">File, without its ending, that the hosts' log goes to; after an upgrade, the new ones' goes to another beside it.</param>
    /// <param name="app">The published app's folder.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<ChaosHosts> StartAsync(string connection, string log, string app, CancellationToken cancellationToken)
    {
        foreach (var file in new[] { LogFile(log, isUpgraded: false), LogFile(log, isUpgraded: true) })
        {
            File.Delete(file);
        }

        return new ChaosHosts(connection, log, app, await HostProcess.StartAsync(connection, app, LogFile(log, isUpgraded: false), cancellationToken));
    }

    /// <summary>Starts a host where the last one has ended.</summary>
    public Task EnsureAsync(CancellationToken cancellationToken) => AloneAsync(
        async () =>
        {
            if (host.HasExited)
            {
                host.Dispose();
                host = await HostProcess.StartAsync(connection, app, LogFile(log, isUpgraded), cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Kills the handler, as soon as there is one.</summary>
    public async Task KillHandlerAsync(CancellationToken cancellationToken)
    {
        var isKilled = false;
        while (true)
        {
            await AloneAsync(
                () =>
                {
                    isKilled = host.TryKillHandler();
                    return Task.CompletedTask;
                },
                cancellationToken);
            if (isKilled)
            {
                break;
            }

            await Task.Delay(Interval, cancellationToken);
            await EnsureAsync(cancellationToken);
        }

        HandlerKills++;
    }

    /// <summary>Kills the host and starts another; the handler lives on as an orphan until it notices.</summary>
    public async Task KillHostAsync(CancellationToken cancellationToken)
    {
        await AloneAsync(() => host.KillAsync(cancellationToken), cancellationToken);
        HostKills++;
        await EnsureAsync(cancellationToken);
    }

    /// <summary>Goes on with another build's app.</summary>
    /// <param name="newApp">Its folder.</param>
    /// <param name="upgrade">How the old one ends.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task UpgradeAsync(string newApp, Upgrade upgrade, CancellationToken cancellationToken)
    {
        await AloneAsync(
            async () =>
            {
                leaving = host;
                if (upgrade.Overlap == TimeSpan.Zero)
                {
                    await EndLeavingAsync(upgrade.IsKilled, cancellationToken);
                }

                (app, isUpgraded) = (newApp, true);
                host = await HostProcess.StartAsync(connection, app, LogFile(log, isUpgraded), cancellationToken);
            },
            cancellationToken);
        await Task.Delay(upgrade.Overlap, cancellationToken);
        await EndLeavingAsync(upgrade.IsKilled, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        host.Dispose();
        leaving?.Dispose();
        starting.Dispose();
    }

    /// <summary>Old and new may be at work at once, and a file has one writer.</summary>
    private static string LogFile(string log, bool isUpgraded) => log + (isUpgraded ? "-upgraded.log" : ".log");

    private async Task EndLeavingAsync(bool isKilled, CancellationToken cancellationToken)
    {
        if (leaving is null)
        {
            return;
        }

        await (isKilled ? leaving.KillAsync(cancellationToken) : leaving.EndAsync(cancellationToken));
        leaving.Dispose();
        leaving = null;
    }

    /// <summary>Does something with the host while nobody else starts or ends it.</summary>
    private async Task AloneAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await starting.WaitAsync(cancellationToken);
        try
        {
            await act();
        }
        finally
        {
            starting.Release();
        }
    }
}
