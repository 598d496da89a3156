using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Storage;

/// <summary>
/// Stands in for Event Grid: lists container <c>slides</c> and sends a BlobCreated event for each blob whose ETag is new
/// and a BlobDeleted event for each that is gone, Base64 as Event Grid sends them. At start all blobs are new: what was
/// decided before is a no-op for the app, what was dropped while nothing ran is not lost.
/// </summary>
public sealed class UploadWatcher(string connection, TimeProvider time, HostLog log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IntervalAfterError = TimeSpan.FromSeconds(2);

    private readonly BlobContainerClient slides = new BlobServiceClient(connection).GetBlobContainerClient(Containers.Slides);
    private readonly QueueClient queue = new(
        connection,
        Queues.SlideUploads,
        new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
    private readonly Dictionary<string, ETag> known = [];

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var wait = Interval;
            try
            {
                await LookAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (StorageFailure.Is(exception))
            {
                log.Write($"Container {Containers.Slides} can't be watched: {StorageFailure.LineOf(exception)}");
                wait = IntervalAfterError;
            }

            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Lists once and sends what changed since the last time.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var gone = known.Keys.ToHashSet(StringComparer.Ordinal);
        await foreach (var blob in slides.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken))
        {
            gone.Remove(blob.Name);
            var etag = blob.Properties.ETag ?? default;
            if (!known.TryGetValue(blob.Name, out var before) || before != etag)
            {
                await SendAsync("Microsoft.Storage.BlobCreated", blob.Name, etag, blob.Properties.ContentLength, cancellationToken);
                known[blob.Name] = etag;
            }
        }

        foreach (var name in gone)
        {
            await SendAsync("Microsoft.Storage.BlobDeleted", name, known[name], null, cancellationToken);
            known.Remove(name);
        }
    }

    private async Task SendAsync(string type, string name, ETag etag, long? length, CancellationToken cancellationToken)
    {
        var message = new
        {
            topic = "local",
            subject = $"/blobServices/default/containers/{Containers.Slides}/blobs/{name}",
            eventType = type,
            id = Guid.NewGuid().ToString(),
            eventTime = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            data = new
            {
                api = type.EndsWith("Created", StringComparison.Ordinal) ? "PutBlob" : "DeleteBlob",
                eTag = etag.ToString(),
                contentLength = length,
                blobType = "BlockBlob",
                url = slides.GetBlobClient(name).Uri.ToString(),
            },
            dataVersion = "",
            metadataVersion = "1",
        };
        await queue.SendMessageAsync(JsonSerializer.Serialize(message), cancellationToken);
    }
}
