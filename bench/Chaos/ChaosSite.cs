using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Bench.Chaos;

/// <summary>A line to do harm to: Azurite, the faulty proxy, and the host in a process of its own behind it. Users and Event Grid reach storage without faults.</summary>
internal sealed class ChaosSite : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Azurite azurite;
    private readonly FaultyStorage faulty;
    private readonly string direct;
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromMinutes(2), DefaultRequestHeaders = { { "X-Requested-With", "chaos" } } };
    private readonly Dictionary<string, int> uploads = [];
    private readonly Dictionary<string, string> latest = [];
    private readonly ChaosHosts hosts;

    private ChaosSite(Azurite azurite, FaultyStorage faulty, string direct, ChaosHosts hosts, bool isCalm)
    {
        this.azurite = azurite;
        this.faulty = faulty;
        this.direct = direct;
        this.hosts = hosts;
        IsCalm = isCalm;
    }

    /// <summary>True where nothing is done to it, and each step waits for the one before.</summary>
    public bool IsCalm { get; }

    /// <summary>What every ETag that slides had stands for: <c>{name}:v{number of the upload}</c>.</summary>
    public Dictionary<string, string> Contents { get; } = [];

    /// <summary>Connection string of the account, without faults.</summary>
    public string ConnectionString => direct;

    /// <summary>What was done to requests and messages.</summary>
    public ChaosCounts Counts => faulty.Counts with { HandlerKills = hosts.HandlerKills, HostKills = hosts.HostKills, RetriedSlides = RetriedSlides };

    private int RetriedSlides { get; set; }

    /// <summary>Starts a site with two toy models, the first active.</summary>
    public static async Task<ChaosSite> StartAsync(ChaosOptions options, bool isCalm, CancellationToken cancellationToken)
    {
        var ports = AzuritePorts.Free();
        var azurite = await Azurite.StartAsync(await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancellationToken), null, ports, cancellationToken);
        await StorageSetup.CreateAsync(azurite.ConnectionString, cancellationToken);
        var first = new ToyModel("1.0.0");
        await first.PublishAsync(azurite.ConnectionString, cancellationToken);
        await first.ActivateAsync(azurite.ConnectionString, cancellationToken);
        await new ToyModel("2.0.0", slope: -9).PublishAsync(azurite.ConnectionString, cancellationToken);
        var faulty = await FaultyStorage.StartAsync(options, azurite.ConnectionString, ports, cancellationToken);
        faulty.IsCalm = isCalm;
        var log = Path.Combine(options.LogFolder, $"chaos-{options.Seed}-{(isCalm ? "calm" : "chaos")}");
        var app = isCalm || options.UpgradeFrom is null ? ChaosHost.BuiltApp : options.UpgradeFrom;
        return new ChaosSite(azurite, faulty, azurite.ConnectionString, await ChaosHosts.StartAsync(faulty.ConnectionString, log, app, cancellationToken), isCalm);
    }

    /// <summary>Drops a slide and sends its event.</summary>
    public async Task DropAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        var uploaded = await Slides().GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, cancellationToken);
        lock (uploads)
        {
            uploads[name] = uploads.GetValueOrDefault(name) + 1;
            latest[name] = uploaded.Value.ETag.ToString();
            Contents[latest[name]] = $"{name}:v{uploads[name]}";
        }

        await SendEventAsync(name, cancellationToken);
    }

    /// <summary>Deletes a slide's blob and sends the event.</summary>
    public async Task DeleteBlobAsync(string name, CancellationToken cancellationToken)
    {
        await Slides().DeleteBlobAsync(name, cancellationToken: cancellationToken);
        await SendEventAsync(name, cancellationToken);
    }

    /// <summary>Calls a slide's route until it succeeds: a caller whose server died calls again.</summary>
    public Task CallAsync(HttpMethod method, string name, string route, CancellationToken cancellationToken) =>
        SendAsync(method, $"api/slides/{SlideId.FromName(name)}{route}", static answer => answer.IsSuccessStatusCode, cancellationToken);

    /// <summary>Activates the second model.</summary>
    public Task ActivateAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "api/models/toy/2.0.0/activate", static answer => answer.IsSuccessStatusCode, cancellationToken);

    /// <summary>What the API answers, as soon as the server answers at all.</summary>
    public async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(string path, CancellationToken cancellationToken)
    {
        (HttpStatusCode, byte[]) found = default;
        await SendAsync(HttpMethod.Get, path, answer =>
        {
            found = (answer.StatusCode, answer.Content.ReadAsByteArrayAsync(cancellationToken).GetAwaiter().GetResult());
            return (int)answer.StatusCode < 500;
        }, cancellationToken);
        return found;
    }

    /// <summary>Waits until the slide's latest content has a run.</summary>
    public async Task WaitUntilDecidedAsync(SlideLife life, CancellationToken cancellationToken)
    {
        while (latest.TryGetValue(life.Name, out var etag) && !(await FindAsync(life.Name, cancellationToken) is { } answer
            && answer.GetProperty("etag").GetString() == etag && answer.GetProperty("run").ValueKind == JsonValueKind.String))
        {
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Expects nothing of a slide any more.</summary>
    public void Forget(string name)
    {
        lock (uploads)
        {
            latest.Remove(name);
        }
    }

    /// <summary>Waits until nothing is known of a deleted slide.</summary>
    public async Task WaitUntilPurgedAsync(string name, CancellationToken cancellationToken)
    {
        while (await FindAsync(name, cancellationToken) is not null)
        {
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Waits until nothing is under way for the slide: complete (or failed, where that is its fate), or deleted, or not there. What failed otherwise is retried.</summary>
    public async Task SettleAsync(SlideLife life, CancellationToken cancellationToken)
    {
        while (latest.TryGetValue(life.Name, out var etag))
        {
            if (await FindAsync(life.Name, cancellationToken) is { } answer)
            {
                var status = answer.GetProperty("status").GetString();
                var isLatest = answer.GetProperty("etag").GetString() == etag;
                if (status == "Deleted" || (isLatest && status == (life.IsRefused ? nameof(RunState.Failed) : nameof(RunState.Complete))))
                {
                    break;
                }

                if (status == nameof(RunState.Failed))
                {
                    RetriedSlides++;
                    await SendAsync(HttpMethod.Post, $"api/slides/{SlideId.FromName(life.Name)}/retry", static answer => (int)answer.StatusCode < 500, cancellationToken);
                }
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Waits until no queue holds a message and no run is open.</summary>
    public async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        while (!await IsIdleAsync(cancellationToken))
        {
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>Kills handler or host; a host that is gone is started again.</summary>
    public Task KillAsync(bool isHost, CancellationToken cancellationToken) =>
        isHost ? hosts.KillHostAsync(cancellationToken) : hosts.KillHandlerAsync(cancellationToken);

    /// <summary>Goes on with the built app when its time has come.</summary>
    public async Task UpgradeAsync(Upgrade upgrade, CancellationToken cancellationToken)
    {
        while (await CompleteRunsAsync(cancellationToken) < upgrade.AfterRuns)
        {
            await Task.Delay(Interval, cancellationToken);
        }

        await Task.Delay(upgrade.Pause, cancellationToken);
        await hosts.UpgradeAsync(ChaosHost.BuiltApp, upgrade, cancellationToken);
    }

    /// <summary>Ends the faults, not the work.</summary>
    public void CalmDown() => faulty.IsCalm = true;

    /// <summary>Fires the sweep's timer every two seconds, as the schedule does every five minutes, and starts a host where the last one has ended.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await hosts.EnsureAsync(cancellationToken);
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{hosts.HandlerPort}/SweepRuns")
                    {
                        Headers = { TransferEncodingChunked = true },
                        Content = new StringContent("""{"Data":{"timer":{}},"Metadata":{}}""", Encoding.UTF8, "application/json"),
                    };
                    using var answer = await client.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException)
                {
                    // The handler is being started again: the timer fires again.
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        hosts.Dispose();
        await faulty.DisposeAsync();
        await azurite.DisposeAsync();
        client.Dispose();
    }

    private BlobContainerClient Slides() => new BlobServiceClient(direct).GetBlobContainerClient(Containers.Slides);

    private Task SendEventAsync(string name, CancellationToken cancellationToken) =>
        faulty.SendAsync(Queues.SlideUploads, JsonSerializer.Serialize(new { subject = $"/blobServices/default/containers/slides/blobs/{name}" }), cancellationToken);

    private async Task<JsonElement?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var (status, body) = await GetAsync($"api/slides/{SlideId.FromName(name)}", cancellationToken);
        return status == HttpStatusCode.OK ? JsonSerializer.Deserialize<JsonElement>(body) : null;
    }

    private async Task SendAsync(HttpMethod method, string path, Func<HttpResponseMessage, bool> isDone, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
        while (true)
        {
            await hosts.EnsureAsync(cancellationToken);
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(hosts.Address, path));
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await client.SendAsync(request, cancellationToken);
                if (isDone(answer))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The host was killed: call again.
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    private async Task<int> CompleteRunsAsync(CancellationToken cancellationToken) =>
        await new TableClient(direct, Tables.Runs).QueryAsync<TableEntity>($"State eq '{nameof(RunState.Complete)}'", cancellationToken: cancellationToken).CountAsync(cancellationToken);

    private async Task<bool> IsIdleAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in Queues.All)
        {
            if ((await new QueueClient(direct, queue).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount > 0)
            {
                return false;
            }
        }

        await foreach (var _ in new TableClient(direct, Tables.OpenRuns).QueryAsync<TableEntity>(cancellationToken: cancellationToken))
        {
            return false;
        }

        return true;
    }
}
