using System.Text.Json;
using Azure.Storage.Blobs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Training.Job;

/// <summary>What a run's blobs say of it: what was asked for, and where it stands.</summary>
public sealed class RunRecord(BlobContainerClient runs, TrainingRunId id, TimeProvider time)
{
    /// <summary>What was asked for; null where nothing was.</summary>
    /// <exception cref="TrainingException">It can't be read.</exception>
    public Task<TrainingRunRequest?> RequestAsync(CancellationToken cancellationToken) => ReadAsync<TrainingRunRequest>(BlobNames.TrainingRequest(id), cancellationToken);

    /// <summary>Where the run stands; null where no trainer has taken it.</summary>
    /// <exception cref="TrainingException">It can't be read.</exception>
    public Task<TrainingRunState?> StateAsync(CancellationToken cancellationToken) => ReadAsync<TrainingRunState>(BlobNames.TrainingState(id), cancellationToken);

    /// <summary>Writes where the run stands now.</summary>
    public Task WriteAsync(TrainingRunState state, CancellationToken cancellationToken) => runs.GetBlobClient(BlobNames.TrainingState(id)).UploadAsync(
        BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(state with { UpdatedAt = time.GetUtcNow() }, TrainingJson.Options)), overwrite: true, cancellationToken);

    private async Task<T?> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await runs.GetBlobClient(name).FindJsonAsync<T>(TrainingJson.Options, cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new TrainingException($"{runs.Name}/{name} can't be read: {exception.Message} Ask for a new run.");
        }
    }
}
