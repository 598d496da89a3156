using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The whole line: Azurite, the stand-ins for Event Grid and the Functions host, and the real handler process with a toy model.</summary>
public sealed class Line : IAsyncDisposable
{
    private readonly IAsyncDisposable storage;
    private readonly StringWriter logText = new();
    private readonly HostLog log;
    private readonly CancellationTokenSource stopping = new();
    private readonly LineOptions options;
    private Task watching = Task.CompletedTask;

    private Line(IAsyncDisposable storage, string connection, LineOptions options)
    {
        this.storage = storage;
        this.options = options;
        ConnectionString = connection;
        log = new HostLog(TextWriter.Synchronized(logText), TimeProvider.System);
        Blobs = new BlobServiceClient(connection);
        Tables = new TableServiceClient(connection);
        Queues = new QueueServiceClient(connection, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
    }

    /// <summary>The account's blobs.</summary>
    public BlobServiceClient Blobs { get; }

    /// <summary>The account's tables.</summary>
    public TableServiceClient Tables { get; }

    /// <summary>The account's queues, as the app writes to them.</summary>
    public QueueServiceClient Queues { get; }

    /// <summary>Connection string of the account.</summary>
    public string ConnectionString { get; }

    /// <summary>The account where the app has no key of it; null where it has.</summary>
    public KeylessStorage? Keyless => storage as KeylessStorage;

    /// <summary>What counts the handler's reads; null where nothing does.</summary>
    public StorageProxy? Proxy { get; private set; }

    /// <summary>The running host.</summary>
    public FunctionsHost Host { get; private set; } = null!;

    /// <summary>A client of the app's HTTP functions.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <summary>Everything that host and handler have said.</summary>
    public string Log => logText.ToString();

    /// <summary>Starts an account of its own with the toy model 1.0.0 active, and the host.</summary>
    public static async Task<Line> StartAsync(LineOptions? options = null)
    {
        var token = TestContext.Current.CancellationToken;
        options ??= new LineOptions();
        var line = options.IsKeyless ? await StartKeylessAsync(options, token) : await StartWithKeyAsync(options);
        if (line.options.HasModel)
        {
            var model = new ToyModel("1.0.0");
            await model.PublishAsync(line.ConnectionString, token);
            await model.ActivateAsync(line.ConnectionString, token);
        }

        line.Proxy = line.options.IsCounted ? await StorageProxy.StartAsync(line.ConnectionString, token) : null;
        await line.StartHostAsync();
        return line;
    }

    /// <summary>Starts the host, and the watcher where uploads are to be noticed.</summary>
    public async Task StartHostAsync()
    {
        var settings = HandlerSettings.For(Proxy?.ConnectionString ?? ConnectionString, options.Lease);
        foreach (var (name, value) in options.Settings.Concat(Keyless?.SettingsOf("idc-app") ?? ImmutableDictionary<string, string>.Empty))
        {
            settings[name] = value;
        }

        Host = await FunctionsHost.StartAsync(
            FunctionApp.Load(options.AppFolder, settings), new FunctionsHostOptions(0, ConnectionString, options.Lease, settings), TimeProvider.System, log, TestContext.Current.CancellationToken);
        Api = new HttpClient { BaseAddress = Host.Address, DefaultRequestHeaders = { { "X-Requested-With", "tests" } } };
        await Host.Handler.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        if (options.WatchesUploads && watching.IsCompleted)
        {
            watching = new UploadWatcher(ConnectionString, TimeProvider.System, log).RunAsync(stopping.Token);
        }
    }

    /// <summary>Drops a slide.</summary>
    public async Task<string> DropAsync(string name, byte[] content, Dictionary<string, string>? metadata = null)
    {
        var uploaded = await Container(Containers.Slides).GetBlobClient(name).UploadAsync(
            BinaryData.FromBytes(content), new BlobUploadOptions { Metadata = metadata }, TestContext.Current.CancellationToken);
        return uploaded.Value.ETag.ToString();
    }

    /// <summary>Sends the event of a blob, as Event Grid does; for lines that do not watch.</summary>
    public async Task SendEventAsync(string name) =>
        await SendAsync(Slides.Storage.Queues.SlideUploads, JsonSerializer.Serialize(new { subject = $"/blobServices/default/containers/slides/blobs/{name}", eventType = "Microsoft.Storage.BlobCreated" }));

    /// <summary>Sends a message.</summary>
    public async Task SendAsync(string queue, string text) => await Queues.GetQueueClient(queue).SendMessageAsync(text, TestContext.Current.CancellationToken);

    /// <summary>Waits until the slide has a status, and its run one of its content where an ETag is given.</summary>
    public async Task<JsonElement> WaitForAsync(string name, string status, string? etag = null, string? run = null) =>
        await Eventually.ResultAsync(() => $"{name} is not {status}: {FindAsync(name).GetAwaiter().GetResult()}{Environment.NewLine}{Log}", async () => await FindAsync(name) is { } answer
                && answer.GetProperty("status").GetString() == status
                && (etag is null || answer.GetProperty("etag").GetString() == etag)
                && (run is null || answer.GetProperty("run").GetString() == run)
                ? answer
                : (JsonElement?)null);

    /// <summary>A slide's published document as its row holds it, read beside the app; null until there is one.</summary>
    public async Task<RunDocument?> PublishedAsync(string name) =>
        (await RowsAsync(Slides.Storage.Tables.Slides)).FirstOrDefault(row => row.GetString("Name") == name)?.GetString("Published") is { } json
            ? RunDocument.FromJson(System.Text.Encoding.UTF8.GetBytes(json))
            : null;

    /// <summary>The API's answer about a slide; null for 404, and while the handler starts again.</summary>
    public async Task<JsonElement?> FindAsync(string name)
    {
        using var answer = await Api.GetAsync(SlidePath(name), TestContext.Current.CancellationToken);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            // 500 is the host's answer while a killed handler starts again.
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Posts to a slide's route.</summary>
    public async Task<HttpResponseMessage> PostAsync(string name, string action, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{SlidePath(name)}/{action}");
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await Api.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends JSON to the API, with its length: the Functions host forwards nothing that has none.</summary>
    public async Task<HttpResponseMessage> SendJsonAsync(HttpMethod method, string path, object body, string? ifMatch = null)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (ifMatch is not null)
        {
            request.Headers.Add("If-Match", ifMatch);
        }

        return await Api.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Fires the sweep's timer.</summary>
    public async Task SweepAsync()
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TransferEncodingChunked = true;
        using var content = new StringContent("""{"Data":{"timer":{}},"Metadata":{}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{Host.Handler.Port}/SweepRuns"), content, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The names of a container's blobs.</summary>
    public async Task<List<string>> BlobNamesAsync(string container)
    {
        var names = new List<string>();
        await foreach (var blob in Container(container).GetBlobsAsync(BlobTraits.None, BlobStates.None, null, TestContext.Current.CancellationToken))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    /// <summary>A slide's route.</summary>
    public static string SlidePath(string name) => $"api/slides/{SlideId.FromName(name)}";

    /// <summary>An export of the published run.</summary>
    public async Task<byte[]> GetExportAsync(string name, string file) => await Api.GetByteArrayAsync($"{SlidePath(name)}/exports/{file}", TestContext.Current.CancellationToken);

    /// <summary>A container.</summary>
    public BlobContainerClient Container(string name) => Blobs.GetBlobContainerClient(name);

    /// <summary>All rows of a table, sorted.</summary>
    public async Task<List<TableEntity>> RowsAsync(string table, string? partition = null)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in Tables.GetTableClient(table).QueryAsync<TableEntity>(
            partition is null ? null : TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return [.. rows.OrderBy(row => row.PartitionKey, StringComparer.Ordinal).ThenBy(row => row.RowKey, StringComparer.Ordinal)];
    }

    /// <summary>The plan of a run; null until it is stored.</summary>
    public async Task<TilingPlan?> FindPlanAsync(string name, string run) =>
        await FindBlobAsync(Containers.Results, BlobNames.Plan(SlideId.FromName(name), RunId.Parse(run))) is { } json ? TilingPlan.FromJson(json) : null;

    /// <summary>A blob's content; null where it is not there.</summary>
    public async Task<byte[]?> FindBlobAsync(string container, string name)
    {
        try
        {
            return (await Container(container).GetBlobClient(name).DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToArray();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <summary>True when no queue holds a message, visible or not.</summary>
    public async Task<bool> IsIdleAsync()
    {
        foreach (var queue in Slides.Storage.Queues.All)
        {
            var properties = await Queues.GetQueueClient(queue).GetPropertiesAsync(TestContext.Current.CancellationToken);
            if (properties.Value.ApproximateMessagesCount > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Waits until no queue holds a message.</summary>
    public async Task WaitUntilIdleAsync() => await Eventually.HoldsAsync(() => Log, IsIdleAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        Api.Dispose();
        await Host.DisposeAsync();
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        await storage.DisposeAsync();
        log.Dispose();
        stopping.Dispose();
    }

    private static async Task<Line> StartWithKeyAsync(LineOptions options)
    {
        var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        return new Line(azurite, azurite.ConnectionString, options);
    }

    private static async Task<Line> StartKeylessAsync(LineOptions options, CancellationToken cancellationToken)
    {
        var keyless = await KeylessStorage.StartAsync(cancellationToken);
        return new Line(keyless, keyless.ConnectionString, options);
    }
}
