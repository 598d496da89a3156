using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Bench.Scoring;

/// <summary>
/// A slide whose stored patches are scored again and again. Its row is looked at in the table, not over the app's API: the
/// handler would answer with CPU time that is not scoring's.
/// </summary>
internal sealed class ScoredSlide(string connection, Uri address, byte[] content) : IDisposable
{
    private const string Name = "scored.tif";

    /// <summary>Its id.</summary>
    public static readonly SlideId Id = SlideId.FromName(Name);

    private readonly TableClient slides = new(connection, Tables.Slides);
    private readonly HttpClient api = new() { BaseAddress = address, DefaultRequestHeaders = { { "X-Requested-With", "bench" } } };

    /// <summary>Drops the slide and waits for its first result; returns its patches.</summary>
    public async Task<int> DropAsync(CancellationToken cancellationToken)
    {
        await new BlobServiceClient(connection).GetBlobContainerClient(Containers.Slides).GetBlobClient(Name).UploadAsync(BinaryData.FromBytes(content), cancellationToken);
        var queue = new QueueClient(connection, Queues.SlideUploads, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.SendMessageAsync(JsonSerializer.Serialize(new { subject = $"/blobServices/default/containers/slides/blobs/{Name}" }), cancellationToken);
        return RunDocument.FromJson(Encoding.UTF8.GetBytes((await WaitAsync(null, cancellationToken)).GetString("Published"))).Summary.Patches;
    }

    /// <summary>The run whose result is published.</summary>
    public async Task<RunId> RunAsync(CancellationToken cancellationToken) => RunId.Parse((await WaitAsync(null, cancellationToken)).GetString("PublishedRun"));

    /// <summary>Scores it again.</summary>
    /// <returns>Patches a second from the first finished batch to the last, and the seconds from the request to the published result.</returns>
    public async Task<(double Rate, double Seconds)> RescoreAsync(CancellationToken cancellationToken)
    {
        var before = (await WaitAsync(null, cancellationToken)).GetString("PublishedRun");
        var started = TimeProvider.System.GetTimestamp();
        using var accepted = await api.PostAsync($"api/slides/{Name}/rescore", null, cancellationToken);
        accepted.EnsureSuccessStatusCode();
        var run = (await WaitAsync(before, cancellationToken)).GetString("PublishedRun");
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        var batches = new List<(DateTimeOffset Written, int Patches)>();
        await foreach (var row in new TableClient(connection, Tables.Batches).QueryAsync<TableEntity>(row => row.PartitionKey == $"{Name}|{run}", cancellationToken: cancellationToken))
        {
            batches.Add((row.Timestamp!.Value, row.GetInt32("Patches")!.Value));
        }

        batches.Sort();
        return (batches.Skip(1).Sum(batch => batch.Patches) / (batches[^1].Written - batches[0].Written).TotalSeconds, seconds);
    }

    /// <inheritdoc/>
    public void Dispose() => api.Dispose();

    /// <summary>The slide's row once a run other than <paramref name="other"/> is published.</summary>
    private async Task<TableEntity> WaitAsync(string? other, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await slides.GetEntityIfExistsAsync<TableEntity>(TableKeys.SlidePartition(Id), Id.Value, cancellationToken: cancellationToken);
            if (row is { HasValue: true, Value: { } slide } && slide.GetString("PublishedRun") is { } published && published != other)
            {
                return slide;
            }

            await Task.Delay(250, cancellationToken);
        }
    }
}
