using Azure.Storage.Blobs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Reporting;

namespace IdcFunctions.Training.Job;

/// <summary>A run at work: its state in storage, its data set, its training, its model.</summary>
/// <param name="id">The run.</param>
/// <param name="request">What is asked for.</param>
/// <param name="storage">The storage account.</param>
/// <param name="options">How the job works.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets a line for each step.</param>
/// <param name="lost">Cancelled when the run is another trainer's: nothing is written from then on.</param>
public sealed class JobRun(TrainingRunId id, TrainingRunRequest request, StorageClients storage, JobOptions options, TimeProvider time, TextWriter log, CancellationToken lost) : IAsyncDisposable
{
    private readonly BlobContainerClient runs = storage.Blobs.GetBlobContainerClient(Containers.TrainingRuns);
    private readonly RunRecord record = new(storage.Blobs.GetBlobContainerClient(Containers.TrainingRuns), id, time);
    private readonly ModelPublication publication = new(storage.Blobs.GetBlobContainerClient(Containers.Models), request.NameOfModel(), request.ModelVersion, id);
    private TrainingRunState state = new(TrainingRunStatus.Preparing, null, time.GetUtcNow(), 1, 0);
    private readonly long began = time.GetTimestamp();
    private RunFolder? folder;
    private CancellationTokenSource? hours;

    /// <summary>True where its starts have together taken the most hours that a run may.</summary>
    public bool IsOutOfTime => hours?.IsCancellationRequested == true;

    /// <summary>True where somebody asked it to stop.</summary>
    public bool IsCancelled => folder?.Cancelled.IsCancellationRequested == true;

    private string Work => Path.Combine(options.WorkFolder, id.Value);

    /// <summary>Fetches the checkpoint and counts the start, before anything is tried.</summary>
    /// <param name="before">The state that the last start left.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The state with which it starts.</returns>
    public async Task<TrainingRunState> StartAsync(TrainingRunState? before, CancellationToken cancellationToken)
    {
        folder = await RunFolder.OpenAsync(Path.Combine(Work, "run"), runs, id, time, log, lost, cancellationToken);
        var steps = Checkpoint.StepsOf(folder.At(Checkpoint.FileName));
        state = new TrainingRunState(TrainingRunStatus.Preparing, before?.Reason, time.GetUtcNow(), before is null || steps > before.Steps ? 1 : before.Starts + 1, steps);
        await record.WriteAsync(state, cancellationToken);
        await log.WriteLineAsync($"{id}: start {state.Starts}{(steps > 0 ? $", from step {steps}" : "")}");
        return state;
    }

    /// <summary>Does what was asked for.</summary>
    /// <exception cref="OperationCanceledException">The start is to end, or, where <see cref="IsCancelled"/>, the run.</exception>
    public async Task WorkAsync(CancellationToken stopping)
    {
        await folder!.LookForCancelAsync(stopping);
        if (options.MostHours is { } most)
        {
            var left = TimeSpan.FromHours(most) - TimeSpan.FromSeconds(ProgressFile.SpentSeconds(folder.Path)) - time.GetElapsedTime(began);
            hours = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, folder.Cancelled, hours?.Token ?? CancellationToken.None);
        var cancellationToken = either.Token;
        cancellationToken.ThrowIfCancellationRequested();
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

    /// <summary>Writes how it ended, the last of its progress before it.</summary>
    /// <exception cref="OperationCanceledException">The run is another trainer's.</exception>
    public async Task EndAsync(TrainingRunStatus status, string? reason)
    {
        if (folder is not null)
        {
            await folder.FinishAsync();
        }

        if (status is TrainingRunStatus.Failed or TrainingRunStatus.Cancelled && StoredName.IsValid(request.ModelVersion) && StoredName.IsValid(request.NameOfModel()))
        {
            await publication.ReleaseAsync(lost);
        }

        state = state with { Status = status, Reason = reason };
        await record.WriteAsync(state, lost);

        // The reason may name a case; it is told where the run is looked at.
        await log.WriteLineAsync($"{id}: {status}{(reason is null ? "" : $"; {BlobNames.TrainingState(id)} says why")}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        hours?.Dispose();
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
        await record.WriteAsync(state, cancellationToken);
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
            Preparation = time.GetElapsedTime(began),
            LogsNames = false,
        };
        try
        {
            await Task.Run(() => new TrainingRun(training, time, log).Run(cancellationToken), CancellationToken.None);
        }
        catch (OtherTrainingException)
        {
            // What was asked for is written once, so only these two can differ.
            throw new TrainingException(
                $"The data set '{request.Dataset}' has changed since the run began, or the training program has: "
                + "its checkpoint is of another training. Ask for a new run.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        state = state with { Status = TrainingRunStatus.Publishing };
        await record.WriteAsync(state, cancellationToken);
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
}
