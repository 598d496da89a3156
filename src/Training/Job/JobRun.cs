using System.Text.Json;
using Azure.Storage.Blobs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Job;

/// <summary>A run at work: its state in storage, its data set, its training, its model.</summary>
public sealed class JobRun(TrainingRunId id, TrainingRunRequest request, StorageClients storage, JobOptions options, TimeProvider time, TextWriter log) : IAsyncDisposable
{
    private readonly BlobContainerClient runs = storage.Blobs.GetBlobContainerClient(Containers.TrainingRuns);
    private readonly ModelPublication publication = new(storage.Blobs.GetBlobContainerClient(Containers.Models), request.NameOfModel(), request.ModelVersion, id);
    private TrainingRunState state = new(TrainingRunStatus.Preparing, null, time.GetUtcNow(), 1, 0);
    private RunFolder? folder;

    /// <summary>True where somebody asked it to stop.</summary>
    public bool IsCancelled => folder?.IsCancelled == true;

    private string Work => Path.Combine(options.WorkFolder, id.Value);

    /// <summary>Fetches the checkpoint and counts the start, before anything is tried.</summary>
    /// <param name="before">The state that the last start left.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The state with which it starts.</returns>
    public async Task<TrainingRunState> StartAsync(TrainingRunState? before, CancellationToken cancellationToken)
    {
        folder = await RunFolder.OpenAsync(Path.Combine(Work, "run"), runs, id, time, log, cancellationToken);
        var steps = Checkpoint.StepsOf(folder.At(Checkpoint.FileName));
        state = new TrainingRunState(TrainingRunStatus.Preparing, before?.Reason, time.GetUtcNow(), before is null || steps > before.Steps ? 1 : before.Starts + 1, steps);
        await WriteStateAsync(cancellationToken);
        await log.WriteLineAsync($"{id}: start {state.Starts}{(steps > 0 ? $", from step {steps}" : "")}");
        return state;
    }

    /// <summary>Does what was asked for.</summary>
    public async Task WorkAsync(CancellationToken cancellationToken)
    {
        if (await runs.GetBlobClient(BlobNames.TrainingCancel(id)).ExistsAsync(cancellationToken))
        {
            await File.WriteAllBytesAsync(folder!.At(Reporting.ProgressFile.CancelName), [], cancellationToken);
            throw new OperationCanceledException();
        }

        if (request.Faults().Select(fault => $"{fault.Field}: {fault.Fault}").ToList() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults));
        }

        if (!request.IntakeOnly && await publication.ReserveAsync(cancellationToken))
        {
            await EndAsync(TrainingRunStatus.Succeeded, null);
            return;
        }

        var pack = await new StoredDataset(storage.Blobs.GetBlobContainerClient(Containers.Datasets), request.Dataset, options.WorkFolder, time).FetchAsync(log, cancellationToken);
        if (!request.IntakeOnly)
        {
            await TrainAsync(pack, cancellationToken);
        }

        await EndAsync(TrainingRunStatus.Succeeded, null);
    }

    /// <summary>Writes how it ended, the last of its progress before it. A lock that is lost is another trainer's business.</summary>
    public async Task EndAsync(TrainingRunStatus status, string? reason)
    {
        if (folder is not null)
        {
            await folder.FinishAsync(CancellationToken.None);
        }

        if (status is TrainingRunStatus.Failed or TrainingRunStatus.Cancelled && StoredName.IsValid(request.ModelVersion) && StoredName.IsValid(request.NameOfModel()))
        {
            await publication.ReleaseAsync(CancellationToken.None);
        }

        state = state with { Status = status, Reason = reason };
        await WriteStateAsync(CancellationToken.None);
        await log.WriteLineAsync($"{id}: {status}{(reason is null ? "" : $": {reason}")}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (folder is not null)
        {
            await folder.DisposeAsync();
        }

        if (state.IsFinal() && Directory.Exists(Work))
        {
            Directory.Delete(Work, recursive: true);
        }
    }

    private async Task TrainAsync(string pack, CancellationToken cancellationToken)
    {
        state = state with { Status = TrainingRunStatus.Training, Reason = null };
        await WriteStateAsync(cancellationToken);
        var models = Path.Combine(Work, "models");
        if (Directory.Exists(models))
        {
            Directory.Delete(models, recursive: true);
        }

        var target = new ModelTarget(models, request.NameOfModel(), request.ModelVersion);
        var training = new TrainingRequest
        {
            Dataset = pack,
            Cache = Path.Combine(options.WorkFolder, "packs"),
            Target = target,
            Options = request.Options,
            Device = options.Device,
            TrainingLists = await ListAsync("training-cases", request.TrainingCases, cancellationToken) is { } list ? [list] : [],
            ValidationList = await ListAsync("validation-cases", request.ValidationCases, cancellationToken),
            ValidationShare = request.ValidationShare,
            LeakingSplit = request.LeakingSplit,
            Checkpoints = folder!.Path,
            HourPrice = options.HourPrice,
        };
        await Task.Run(() => new TrainingRun(training, time, log).Run(cancellationToken), CancellationToken.None);

        state = state with { Status = TrainingRunStatus.Publishing };
        await WriteStateAsync(cancellationToken);
        foreach (var file in ModelArtefact.ResultFiles.Where(file => File.Exists(Path.Combine(target.Path, file))))
        {
            await runs.GetBlobClient(BlobNames.TrainingFile(id, file)).UploadAsync(Path.Combine(target.Path, file), overwrite: true, cancellationToken);
        }

        await publication.PublishAsync(target.Path, cancellationToken);
    }

    private async Task<string?> ListAsync(string name, IReadOnlyList<string> cases, CancellationToken cancellationToken)
    {
        if (cases.Count == 0)
        {
            return null;
        }

        var file = folder!.At($"{name}.txt");
        await File.WriteAllLinesAsync(file, cases, cancellationToken);
        return file;
    }

    private async Task WriteStateAsync(CancellationToken cancellationToken)
    {
        state = state with { UpdatedAt = time.GetUtcNow() };
        await runs.GetBlobClient(BlobNames.TrainingState(id)).UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(state, TrainingJson.Options)), overwrite: true, cancellationToken);
    }
}
