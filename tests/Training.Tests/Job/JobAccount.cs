using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Messages;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;
using IdcFunctions.Training.Job;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>A storage account with training runs in it, and the job to carry them out.</summary>
public sealed class JobAccount(string connection, TemporaryFolder temporary)
{
    private readonly StorageClients storage = StorageClients.Create(key => key == "Slides" ? connection : null);

    private readonly StringBuilder logged = new();

    /// <summary>What the job has logged.</summary>
    public string Log => logged.ToString();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The queue.</summary>
    public QueueClient Queue => storage.Queues.GetQueueClient(Queues.TrainingRuns);

    /// <summary>A request that trains in seconds.</summary>
    public static TrainingRunRequest Small(string dataset, string version, int epochs = 2) => new()
    {
        Dataset = dataset,
        ModelVersion = version,
        Options = new TrainingOptions { Width = 1, Depth = 10, BatchSize = 8, Epochs = epochs, Threads = 1 },
    };

    /// <summary>A container.</summary>
    public BlobContainerClient Container(string name) => storage.Blobs.GetBlobContainerClient(name);

    /// <summary>A blob's content, or null.</summary>
    public async Task<byte[]?> FindAsync(string container, string name) => await Container(container).GetBlobClient(name).FindContentAsync(Token);

    /// <summary>Uploads a made data set, file by file.</summary>
    public async Task<string> UploadDatasetAsync(string name, int perClass = 4, int cases = 8)
    {
        var folder = SyntheticPatches.Write(temporary.At(name), Enumerable.Range(1, cases).Select(id => $"{id}"), perClass);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await Container(Containers.Datasets).GetBlobClient($"{name}/{Path.GetRelativePath(folder, file)}").UploadAsync(file, overwrite: true, Token);
        }

        return name;
    }

    /// <summary>Asks for a run as the API does.</summary>
    public async Task<TrainingRunId> AskAsync(TrainingRunRequest request)
    {
        await Queue.ClearMessagesAsync(Token);
        var id = TrainingRunId.New(TimeProvider.System.GetUtcNow());
        await PutAsync(BlobNames.TrainingRequest(id), request);
        await SendAsync(JsonSerializer.Serialize(new TrainingRunMessage(MessageSchema.Version, id.Value), SlidesJson.Default.TrainingRunMessage));
        return id;
    }

    /// <summary>Sends a message.</summary>
    public Task SendAsync(string message) => Queue.SendMessageAsync(message, Token);

    /// <summary>Writes JSON among the training runs.</summary>
    public Task PutAsync<T>(string name, T content) =>
        Container(Containers.TrainingRuns).GetBlobClient(name).UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(content, TrainingJson.Options)), overwrite: true, Token);

    /// <summary>Starts the job in this process.</summary>
    public Task<JobEnd> RunAsync(double? mostHours = null) => RunUntilAsync(Token, mostHours);

    /// <summary>Starts the job in this process, until its machine is wanted back.</summary>
    public Task<JobEnd> RunUntilAsync(CancellationToken stopping, double? mostHours = null) =>
        Task.Run(() => new TrainingJob(storage, new JobOptions(temporary.At("work"), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15), DeviceChoice.Cpu, 0.9, mostHours), TimeProvider.System, TextWriter.Synchronized(new StringWriter(logged))).RunAsync(stopping), Token);

    /// <summary>Where a run stands; null where no trainer has taken it.</summary>
    public async Task<TrainingRunState?> StateAsync(TrainingRunId id) =>
        await FindAsync(Containers.TrainingRuns, BlobNames.TrainingState(id)) is { } json ? JsonSerializer.Deserialize<TrainingRunState>(json, TrainingJson.Options) : null;

    /// <summary>What a run's training says of itself.</summary>
    public async Task<TrainingReport?> ProgressAsync(TrainingRunId id) =>
        await FindAsync(Containers.TrainingRuns, BlobNames.TrainingFile(id, "progress.json")) is { } json ? JsonSerializer.Deserialize<TrainingReport>(json, TrainingJson.Options) : null;

    /// <summary>Messages in the queue, hidden ones too.</summary>
    public async Task<int> MessagesAsync() => (await Queue.GetPropertiesAsync(Token)).Value.ApproximateMessagesCount;

    /// <summary>Lets a hidden message come again at once, and a dead trainer's lock go, as time would.</summary>
    public async Task PassTimeAsync(TrainingRunId id)
    {
        await new Azure.Storage.Blobs.Specialized.BlobLeaseClient(Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingLock(id))).BreakAsync(TimeSpan.Zero, cancellationToken: Token);
        await SendAgainAsync(id);
    }

    /// <summary>Lets a hidden message come again at once.</summary>
    public async Task SendAgainAsync(TrainingRunId id)
    {
        await Queue.ClearMessagesAsync(Token);
        await SendAsync(JsonSerializer.Serialize(new TrainingRunMessage(MessageSchema.Version, id.Value), SlidesJson.Default.TrainingRunMessage));
    }

    /// <summary>Waits until a run's checkpoint is stored.</summary>
    public Task WaitForCheckpointAsync(TrainingRunId id) =>
        Eventually.HoldsAsync("a checkpoint is stored", async () => await Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingCheckpoint(id, "training.ckpt")).ExistsAsync(Token));
}
