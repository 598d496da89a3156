using System.Text.Json;
using Azure;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Messages;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Storage;

/// <summary>Sends the app's own messages, and puts aside those that can't be read.</summary>
public sealed class MessageQueues(StorageClients storage, TimeProvider time)
{
    /// <summary>How long a message that is put back waits, be it for a newer program or for storage to answer.</summary>
    private static readonly TimeSpan PutBackDelay = TimeSpan.FromMinutes(1);

    /// <summary>"Tile this run."</summary>
    public Task SendTileAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var message = new RunMessage(MessageSchema.Version, slide.Value, run.Value, SlideTraces.Current);
        return SendAsync(Queues.SlideUploads, JsonSerializer.Serialize(message, SlidesJson.Default.RunMessage), cancellationToken);
    }

    /// <summary>"Decide for this slide", in the shape of an Event Grid event.</summary>
    public Task SendSlideEventAsync(string name, CancellationToken cancellationToken)
    {
        var subject = $"/blobServices/default/containers/{Containers.Slides}/blobs/{name}";
        return SendAsync(Queues.SlideUploads, JsonSerializer.Serialize(new { subject }), cancellationToken);
    }

    /// <summary>"Score this batch."</summary>
    public Task SendScoreAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken)
    {
        var message = new BatchMessage(MessageSchema.Version, slide.Value, run.Value, batch, SlideTraces.Current);
        return SendAsync(Queues.PatchBatches, JsonSerializer.Serialize(message, SlidesJson.Default.BatchMessage), cancellationToken);
    }

    /// <summary>"Complete this run."</summary>
    public Task SendCompleteAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var message = new RunMessage(MessageSchema.Version, slide.Value, run.Value, SlideTraces.Current);
        return SendAsync(Queues.FinishedRuns, JsonSerializer.Serialize(message, SlidesJson.Default.RunMessage), cancellationToken);
    }

    /// <summary>"Train this." It may wait long for a machine: it never expires.</summary>
    public async Task SendTrainAsync(TrainingRunId run, CancellationToken cancellationToken) =>
        await storage.Queues.GetQueueClient(Queues.TrainingRuns).SendMessageAsync(
            JsonSerializer.Serialize(new TrainingRunMessage(MessageSchema.Version, run.Value), SlidesJson.Default.TrainingRunMessage),
            timeToLive: TimeSpan.FromSeconds(-1),
            cancellationToken: cancellationToken);

    /// <summary>
    /// Puts a message back into its queue: one of a schema that this program does not know, for a newer program, or one
    /// that storage did not let it handle.
    /// </summary>
    public async Task PutBackAsync(string queue, string message, CancellationToken cancellationToken) =>
        await storage.Queues.GetQueueClient(queue).SendMessageAsync(message, PutBackDelay, cancellationToken: cancellationToken);

    /// <summary>Keeps a message that can't be read in container <c>poison</c>, so that nothing is lost.</summary>
    public async Task KeepUnreadableAsync(string queue, string message, CancellationToken cancellationToken)
    {
        var name = $"{queue}/{time.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{Guid.NewGuid():N}";
        await storage.Blobs.GetBlobContainerClient(Containers.Poison)
            .UploadBlobAsync(name, BinaryData.FromString(message), cancellationToken);
    }

    /// <summary>How every queue stands that this program's identity may look into: where a GPU scores, its app may not look into all.</summary>
    public async Task<IReadOnlyList<QueueState>> StatesAsync(CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(Queues.All.Select(name => FindStateAsync(name, cancellationToken)))).OfType<QueueState>()];

    private async Task<QueueState?> FindStateAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var queue = storage.QueuesAsSent.GetQueueClient(name);
            var properties = (await queue.GetPropertiesAsync(cancellationToken)).Value;
            var front = properties.ApproximateMessagesCount == 0 ? null : (await queue.PeekMessageAsync(cancellationToken)).Value;
            var age = front?.InsertedOn is { } sent ? Math.Max(0, (time.GetUtcNow() - sent).TotalSeconds) : 0;
            return new QueueState(name, properties.ApproximateMessagesCount, age);
        }
        catch (RequestFailedException exception) when (exception.Status == StatusCodes.Status403Forbidden)
        {
            return null;
        }
    }

    private async Task SendAsync(string queue, string message, CancellationToken cancellationToken) =>
        await storage.Queues.GetQueueClient(queue).SendMessageAsync(message, cancellationToken);
}
