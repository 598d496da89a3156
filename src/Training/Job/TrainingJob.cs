using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Messages;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Job;

/// <summary>START of the job: one message, one run; whatever ends it, the next start goes on where its last checkpoint stands.</summary>
public sealed class TrainingJob(StorageClients storage, JobOptions options, TimeProvider time, TextWriter log)
{
    /// <summary>Starts without a further checkpoint after which the run fails.</summary>
    private const int MostStarts = 5;

    /// <summary>How soon a message comes again that this program could not handle.</summary>
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(10);

    /// <summary>How long a message of a newer program's schema waits for a newer program.</summary>
    private static readonly TimeSpan NewerSchemaDelay = TimeSpan.FromMinutes(1);

    private readonly BlobContainerClient runs = storage.Blobs.GetBlobContainerClient(Containers.TrainingRuns);

    /// <summary>Takes a message, where one waits, and works it off.</summary>
    /// <param name="stopping">The machine is wanted back.</param>
    public async Task<JobEnd> RunAsync(CancellationToken stopping)
    {
        await using var message = await HeldMessage.ReceiveAsync(storage.QueuesAsSent.GetQueueClient(Queues.TrainingRuns), options.Visibility, time, log, stopping);
        if (message is null)
        {
            await log.WriteLineAsync($"no message waits in {Queues.TrainingRuns}");
            return JobEnd.NothingToDo;
        }

        var body = Decoded(message.Body);
        if (Parse(body) is not { } content || TrainingRunId.Parse(content.Id) is not { } id)
        {
            await storage.Blobs.GetBlobContainerClient(Containers.Poison).UploadBlobAsync($"{Queues.TrainingRuns}/{Guid.NewGuid():N}", body, stopping);
            await message.DeleteAsync();
            await log.WriteLineAsync($"a message could not be read and is kept in {Containers.Poison}");
            return JobEnd.Done;
        }

        if (content.Version > MessageSchema.Version)
        {
            await message.ReleaseAsync(NewerSchemaDelay);
            return JobEnd.LeftToOthers;
        }

        await using var heldLock = await RunLock.TryTakeAsync(runs.GetBlobClient(BlobNames.TrainingLock(id)), options.Lease, time, stopping);
        if (heldLock is null)
        {
            await log.WriteLineAsync($"{id}: another trainer is at work on it");
            return JobEnd.LeftToOthers;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, heldLock.Lost);
        var end = await WorkUntilLostAsync(id, heldLock.Lost, ending.Token);
        await (end == JobEnd.Interrupted ? message.ReleaseAsync(SoonAgain) : message.DeleteAsync());
        return end;
    }

    private async Task<JobEnd> WorkUntilLostAsync(TrainingRunId id, CancellationToken lost, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkAsync(id, lost, cancellationToken);
        }
        catch (Exception) when (lost.IsCancellationRequested)
        {
            await log.WriteLineAsync($"{id}: the lock is lost; another trainer may be at work on it");
            return JobEnd.Interrupted;
        }
    }

    private async Task<JobEnd> WorkAsync(TrainingRunId id, CancellationToken lost, CancellationToken cancellationToken)
    {
        var record = new RunRecord(runs, id, time);
        TrainingRunRequest? request;
        try
        {
            request = await record.RequestAsync(cancellationToken);
        }
        catch (TrainingException exception)
        {
            await record.WriteAsync(new TrainingRunState(TrainingRunStatus.Failed, exception.Message, time.GetUtcNow(), 1, 0), lost);
            await log.WriteLineAsync($"{id}: {exception.Message}");
            return JobEnd.Done;
        }

        if (request is null)
        {
            await log.WriteLineAsync($"{id}: nothing is asked for");
            return JobEnd.Done;
        }

        await using var run = new JobRun(id, request, storage, options, time, log, lost);
        TrainingRunState? state;
        try
        {
            state = await record.StateAsync(cancellationToken);
        }
        catch (TrainingException exception)
        {
            await run.EndAsync(TrainingRunStatus.Failed, exception.Message);
            return JobEnd.Done;
        }

        if (state?.IsFinal() == true)
        {
            await log.WriteLineAsync($"{id}: {state.Status} already");
            return JobEnd.Done;
        }

        return await TrainAsync(run, state, lost, cancellationToken);
    }

    /// <summary>Works on a run, and writes how that ended unless the run is another trainer's by then.</summary>
    private async Task<JobEnd> TrainAsync(JobRun run, TrainingRunState? state, CancellationToken lost, CancellationToken cancellationToken)
    {
        try
        {
            state = await run.StartAsync(state, cancellationToken);
            if (state.Starts > MostStarts)
            {
                throw new TrainingException(
                    $"It was started {MostStarts} times without getting further. "
                    + $"The last time: {state.Reason ?? "its trainer ended without a word; it was killed, or had too little memory"}.");
            }

            await run.WorkAsync(cancellationToken);
            return JobEnd.Done;
        }
        catch (OperationCanceledException) when (run.IsCancelled && !lost.IsCancellationRequested)
        {
            await run.EndAsync(TrainingRunStatus.Cancelled, "It was asked to stop.");
            return JobEnd.Done;
        }
        catch (OperationCanceledException) when (run.IsOutOfTime && !lost.IsCancellationRequested)
        {
            var reason = string.Create(
                CultureInfo.InvariantCulture,
                $"It has taken longer than {options.MostHours} h, all its starts together, and that is the most here. "
                + $"Ask for fewer epochs or a smaller network, or for more hours (--most-hours of the job, trainingHours of the template).");
            await run.EndAsync(TrainingRunStatus.Failed, reason);
            return JobEnd.Done;
        }
        catch (Exception exception) when (exception is DatasetException or TrainingException or ModelRefusedException or ArgumentException && !lost.IsCancellationRequested)
        {
            await run.EndAsync(TrainingRunStatus.Failed, exception.Message);
            return JobEnd.Done;
        }
#pragma warning disable CA1031 // Whatever ended it, the run's state must say so; its message comes again.
        catch (Exception exception) when (!lost.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var reason = exception is OperationCanceledException && cancellationToken.IsCancellationRequested
                ? "Its trainer was told to end."
                : $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}";
            await run.EndAsync(TrainingRunStatus.Interrupted, reason);
            return JobEnd.Interrupted;
        }
    }

    /// <summary>What a message says; one that is no Base64, as it is.</summary>
    private static BinaryData Decoded(BinaryData sent)
    {
        try
        {
            return BinaryData.FromBytes(Convert.FromBase64String(sent.ToString()));
        }
        catch (FormatException)
        {
            return sent;
        }
    }

    private static TrainingRunMessage? Parse(BinaryData body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SlidesJson.Default.TrainingRunMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
