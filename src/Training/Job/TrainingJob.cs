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

    /// <summary>How soon a message comes again that this program could not work off.</summary>
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(10);

    /// <summary>How long a message of a newer program's schema waits for a newer program.</summary>
    private static readonly TimeSpan NewerSchemaDelay = TimeSpan.FromMinutes(1);

    private readonly BlobContainerClient runs = storage.Blobs.GetBlobContainerClient(Containers.TrainingRuns);

    /// <summary>Takes a message, where one waits, and works it off.</summary>
    /// <param name="stopping">The machine is wanted back.</param>
    public async Task<JobEnd> RunAsync(CancellationToken stopping)
    {
        await using var message = await HeldMessage.ReceiveAsync(storage.Queues.GetQueueClient(Queues.TrainingRuns), options.Visibility, time, log, stopping);
        if (message is null)
        {
            await log.WriteLineAsync($"no message waits in {Queues.TrainingRuns}");
            return JobEnd.NothingToDo;
        }

        if (Parse(message.Body) is not { } content || TrainingRunId.Parse(content.Id) is not { } id)
        {
            await storage.Blobs.GetBlobContainerClient(Containers.Poison).UploadBlobAsync($"{Queues.TrainingRuns}/{Guid.NewGuid():N}", message.Body, stopping);
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
        var end = await WorkAsync(id, heldLock, ending.Token);
        await (end == JobEnd.Interrupted ? message.ReleaseAsync(SoonAgain) : message.DeleteAsync());
        return end;
    }

    private async Task<JobEnd> WorkAsync(TrainingRunId id, RunLock heldLock, CancellationToken cancellationToken)
    {
        if (await ReadAsync<TrainingRunRequest>(BlobNames.TrainingRequest(id), cancellationToken) is not { } request)
        {
            await log.WriteLineAsync($"{id}: nothing is asked for");
            return JobEnd.Done;
        }

        var state = await ReadAsync<TrainingRunState>(BlobNames.TrainingState(id), cancellationToken);
        if (state?.IsFinal() == true)
        {
            await log.WriteLineAsync($"{id}: {state.Status} already");
            return JobEnd.Done;
        }

        var run = new JobRun(id, request, storage, options, time, log);
        try
        {
            state = await run.StartAsync(state, cancellationToken);
            if (state.Starts > MostStarts)
            {
                throw new TrainingException($"It was started {MostStarts} times without getting further. The last time: {state.Reason ?? "its trainer ended without a word; it was killed, or had too little memory"}.");
            }

            await run.WorkAsync(cancellationToken);
            return JobEnd.Done;
        }
        catch (Exception) when (heldLock.Lost.IsCancellationRequested)
        {
            await log.WriteLineAsync($"{id}: the lock is lost; another trainer may be at work on it");
            return JobEnd.Interrupted;
        }
        catch (OperationCanceledException) when (run.IsCancelled)
        {
            await run.EndAsync(TrainingRunStatus.Cancelled, "It was asked to stop.");
            return JobEnd.Done;
        }
        catch (Exception exception) when (exception is DatasetException or TrainingException or ModelRefusedException or ArgumentException)
        {
            await run.EndAsync(TrainingRunStatus.Failed, exception.Message);
            return JobEnd.Done;
        }
#pragma warning disable CA1031 // Whatever ended it, the run's state must say so; its message comes again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await run.EndAsync(TrainingRunStatus.Interrupted, exception is OperationCanceledException ? "Its trainer was told to end." : $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}");
            return JobEnd.Interrupted;
        }
        finally
        {
            await run.DisposeAsync();
        }
    }

    private Task<T?> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class => runs.GetBlobClient(name).FindJsonAsync<T>(TrainingJson.Options, cancellationToken);

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
