using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Api.Training;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Storage;

/// <summary>Training runs in storage: what was asked of each, written here, and how it goes, written by whoever trains.</summary>
public sealed class TrainingRuns(StorageClients storage, MessageQueues queues)
{
    private const string ProgressFile = "progress.json";

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.TrainingRuns);
    private readonly BlobContainerClient models = storage.Blobs.GetBlobContainerClient(Containers.Models);

    /// <summary>Keeps what is asked for, then sends the message that starts it; where that comes to nothing, the sweep sends it.</summary>
    public async Task CreateAsync(TrainingRunId id, TrainingRunRequest request, CancellationToken cancellationToken)
    {
        var json = BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(request, TrainingJson.Options));
        await container.GetBlobClient(BlobNames.TrainingRequest(id)).TryCreateAsync(json, cancellationToken);
        await queues.SendTrainAsync(id, cancellationToken);
    }

    /// <summary>A run as it stands, as far as its files can be read; null where there is none.</summary>
    public async Task<TrainingRunAnswer?> FindAsync(TrainingRunId id, CancellationToken cancellationToken)
    {
        var (request, unreadable) = await ReadAsync<TrainingRunRequest>(BlobNames.TrainingRequest(id), cancellationToken);
        if (request is null && unreadable is null)
        {
            return null;
        }

        var requestBlob = container.GetBlobClient(BlobNames.TrainingRequest(id));
        var askedAt = request?.RequestedAt
            ?? (await requestBlob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.LastModified;
        var state = ReadAsync<TrainingRunState>(BlobNames.TrainingState(id), cancellationToken);
        var progress = ReadAsync<TrainingReport>(BlobNames.TrainingFile(id, ProgressFile), cancellationToken);
        var cancel = container.GetBlobClient(BlobNames.TrainingCancel(id)).FindPropertiesAsync(cancellationToken);
        await Task.WhenAll(state, progress, cancel);
        var stands = await state switch
        {
            ({ } written, _) => written,
            (null, { } fault) => new TrainingRunState(TrainingRunStatus.Interrupted, fault, askedAt, 0, 0),

            // Whoever takes it finds the request to stop before anything else.
            (null, null) when await cancel is { } cancelled => new TrainingRunState(
                TrainingRunStatus.Cancelled,
                "It was asked to stop before a trainer took it.",
                cancelled.LastModified,
                0,
                0),
            _ => new TrainingRunState(TrainingRunStatus.Queued, unreadable, askedAt, 0, 0),
        };
        return new TrainingRunAnswer(
            id.Value,
            stands.Status,
            stands.Reason,
            await cancel is not null && !stands.IsFinal(),
            stands.UpdatedAt,
            stands.Starts,
            request?.NameOfModel() ?? "",
            request ?? new TrainingRunRequest { RequestedAt = askedAt },
            (await progress).Content);
    }

    /// <summary>True where a trainer has taken a run, or it was asked to stop before one did.</summary>
    public async Task<bool> HasBegunOrWasCancelledAsync(TrainingRunId id, CancellationToken cancellationToken) =>
        (await container.GetBlobClient(BlobNames.TrainingState(id)).ExistsAsync(cancellationToken)).Value
        || (await container.GetBlobClient(BlobNames.TrainingCancel(id)).ExistsAsync(cancellationToken)).Value;

    /// <summary>True where a run was asked for before a time.</summary>
    public async Task<bool> WasAskedForBeforeAsync(TrainingRunId id, DateTimeOffset time, CancellationToken cancellationToken) =>
        await container.GetBlobClient(BlobNames.TrainingRequest(id)).FindPropertiesAsync(cancellationToken) is { } asked && asked.LastModified < time;

    /// <summary>The ids of all runs, newest first.</summary>
    public async Task<List<TrainingRunId>> ListAsync(CancellationToken cancellationToken)
    {
        var ids = new List<TrainingRunId>();
        await foreach (var item in container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", null, cancellationToken))
        {
            if (item.IsPrefix && TrainingRunId.Parse(item.Prefix.TrimEnd('/')) is { } id)
            {
                ids.Add(id);
            }
        }

        ids.Reverse();
        return ids;
    }

    /// <summary>Asks a run to stop.</summary>
    public Task CancelAsync(TrainingRunId id, CancellationToken cancellationToken) =>
        container.GetBlobClient(BlobNames.TrainingCancel(id)).TryCreateAsync(BinaryData.Empty, cancellationToken);

    /// <summary>A file that a run came to; null where it is not there.</summary>
    public Task<byte[]?> FindFileAsync(TrainingRunId id, string file, CancellationToken cancellationToken) =>
        container.GetBlobClient(BlobNames.TrainingFile(id, file)).FindContentAsync(cancellationToken);

    /// <summary>True where a model's version exists or is being made.</summary>
    public async Task<bool> IsTakenAsync(string name, string version, CancellationToken cancellationToken) =>
        (await models.GetBlobClient(BlobNames.ModelFile(name, version, BlobNames.ModelReservation)).ExistsAsync(cancellationToken)).Value
        || (await models.GetBlobClient(BlobNames.ModelFile(name, version, BlobNames.ModelManifest)).ExistsAsync(cancellationToken)).Value;

    /// <summary>A file's content, or what is wrong with it; neither where it is not there.</summary>
    private async Task<(T? Content, string? Fault)> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await container.GetBlobClient(name).FindJsonAsync<T>(TrainingJson.Options, cancellationToken), null);
        }
        catch (JsonException exception)
        {
            return (null, $"{container.Name}/{name} can't be read: {exception.Message}");
        }
    }
}
