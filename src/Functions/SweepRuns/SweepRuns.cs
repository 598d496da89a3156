using Azure;
using Azure.Storage.Queues;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>
/// Timer: sends runs that stand still on their way again, fails those that still do not move, and closes those that
/// nobody wants; sends training runs on their way whose message was lost. A backlog never fails a run: while older messages
/// wait in its queue, it is only waiting its turn.
/// </summary>
public sealed partial class SweepRuns(
    StorageClients storage,
    SlideTable slides,
    RunLedger ledger,
    OpenRuns openRuns,
    RunFiles files,
    PatchTable patches,
    AttemptLog attempts,
    RunFinish finish,
    WaitingRuns waiting,
    QueuedTrainings trainings,
    Housekeeping housekeeping,
    MessageQueues queues,
    SlideMetrics metrics,
    SlideRefs refs,
    IOptions<SweepOptions> options,
    TimeProvider time,
    ILogger<SweepRuns> logger)
{
    private const int PeekedMessages = 32;

    /// <summary>The timer comes every five minutes.</summary>
    private static readonly TimeSpan ReleasesFor = TimeSpan.FromMinutes(4);

    /// <summary>Sweeps once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var (slide, run) in openRuns.UnderWayAsync(time.GetUtcNow() - options.Value.Unattended, cancellationToken))
        {
            try
            {
                await SweepAsync(slide, run, cancellationToken);
            }
            catch (InvalidDataException damaged)
            {
                // What is stored of one run must not keep the sweep from all others; without a sign of life it fails in the end.
                await attempts.RecordAsync(slide, run, FailureSteps.Score, 0, damaged, cancellationToken);
                Log.Damaged(logger, refs.Of(slide), run, damaged.Message);
            }
            catch (RequestFailedException refused) when (!StorageErrors.IsTransient(refused))
            {
                Log.Damaged(logger, refs.Of(slide), run, refused.Message);
            }
        }

        await housekeeping.RunIfDueAsync(cancellationToken);
        foreach (var queue in await queues.StatesAsync(cancellationToken))
        {
            metrics.QueueSeen(queue);
            if (queue is { Name: Queues.TrainingRuns, Messages: 0 })
            {
                await trainings.SendLostAsync(cancellationToken);
            }
        }

        // Last, since it takes until shortly before the next sweep while there are more: scorers that run dry would stand idle until then.
        await waiting.ReleaseAsync(ReleasesFor, cancellationToken);
    }

    private async Task SweepAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var row = await ledger.FindRunAsync(slide, run, cancellationToken);
        if (row is null || RunTransitions.IsFinal(row.ReadState()))
        {
            await openRuns.RemoveAsync(slide, run, cancellationToken);
            return;
        }

        var state = row.ReadState();
        if (state == RunState.Waiting && SlideRow.IsWanted(await slides.FindAsync(slide, cancellationToken), run))
        {
            // It goes to those that wait: one that an older version of this program has added, or that its slide wanted late.
            await openRuns.AddAsync(slide, run, row.Decided, cancellationToken);
            return;
        }

        var quietSince = await LastSignAsync(slide, run, row, cancellationToken);
        var patience = options.Value.Lease * (2 * Math.Pow(2, row.Redrives));
        if (time.GetUtcNow() - quietSince < patience || await HasOlderMessagesAsync(state, quietSince, cancellationToken))
        {
            return;
        }

        var isWanted = SlideRow.IsWanted(await slides.FindAsync(slide, cancellationToken), run);
        if (!isWanted && row.Redrives > 0)
        {
            await ledger.SupersedeAsync(slide, run, RunActor.SweepRuns, cancellationToken);
            return;
        }

        if (row.Redrives >= options.Value.MostRedrives)
        {
            await FailAsync(slide, run, row, cancellationToken);
            return;
        }

        await ledger.ChangeRunAsync(slide, run, changed => changed.Redrives++, cancellationToken);
        await RedriveAsync(slide, run, row, isWanted, cancellationToken);
        Log.Redriven(logger, refs.Of(slide), run, state, row.Redrives + 1);
    }

    private async Task RedriveAsync(SlideId slide, RunId run, RunRow row, bool isWanted, CancellationToken cancellationToken)
    {
        if (!isWanted)
        {
            // The process may have died after it inserted the run and before the slide wanted it: decide again, as the
            // event would. A run that is not wanted after that is superseded.
            await queues.SendSlideEventAsync(row.ReadSettings().Slide, cancellationToken);
        }
        else if (await files.FindPlanAsync(slide, run, cancellationToken) is not { } plan || row.TilingEnded is null)
        {
            await queues.SendTileAsync(slide, run, cancellationToken);
        }
        else
        {
            foreach (var batch in await patches.OpenBatchesAsync(slide, run, plan, cancellationToken))
            {
                await queues.SendScoreAsync(slide, run, batch, cancellationToken);
            }

            await finish.TryFinishAsync(slide, run, plan, null, cancellationToken);
        }
    }

    private async Task FailAsync(SlideId slide, RunId run, RunRow row, CancellationToken cancellationToken)
    {
        var last = (await attempts.ListAsync(slide, run, cancellationToken))
            .Where(attempt => attempt.Reason is not null)
            .MaxBy(attempt => attempt.Timestamp);
        var step = row.ReadState() == RunState.Tiling ? FailureSteps.Tile : FailureSteps.Score;
        var failure = new SlideFailure(
            step,
            "stands-still",
            $"The run did not move after {row.Redrives} re-drives; the last reason: {last?.Reason ?? "none was written down"}.",
            "Check that the app runs and reaches its storage, then retry the slide: what is finished is kept.");
        await ledger.FailAsync(slide, run, RunActor.SweepRuns, failure, cancellationToken);
        Log.Failed(logger, refs.Of(slide), run, row.Redrives);
    }

    /// <summary>The newest of the run's rows, by the table server's clock.</summary>
    private async Task<DateTimeOffset> LastSignAsync(SlideId slide, RunId run, RunRow row, CancellationToken cancellationToken)
    {
        var signs = (await patches.FinishedBatchesAsync(slide, run, cancellationToken)).Select(batch => batch.Timestamp)
            .Concat((await attempts.ListAsync(slide, run, cancellationToken)).Select(attempt => attempt.Timestamp))
            .Append(row.Timestamp);
        return signs.Max() ?? row.Decided;
    }

    private async Task<bool> HasOlderMessagesAsync(RunState state, DateTimeOffset than, CancellationToken cancellationToken)
    {
        // A run whose batches are all scored waits for its completion, still in state Scoring.
        foreach (var name in state == RunState.Tiling ? (string[])[Queues.SlideUploads] : [Queues.PatchBatches, Queues.FinishedRuns])
        {
            QueueClient queue = storage.QueuesAsSent.GetQueueClient(name);
            var peeked = (await queue.PeekMessagesAsync(PeekedMessages, cancellationToken)).Value;
            if (peeked.Any(message => message.InsertedOn < than))
            {
                return true;
            }
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Run {Run} of {Slide} stood still in state {State}; sent on its way again, time {Redrive}")]
        public static partial void Redriven(ILogger logger, string slide, RunId run, RunState state, int redrive);

        [LoggerMessage(2, LogLevel.Error, "Run {Run} of {Slide} failed: it did not move after {Redrives} re-drives")]
        public static partial void Failed(ILogger logger, string slide, RunId run, int redrives);

        [LoggerMessage(3, LogLevel.Error, "Run {Run} of {Slide} can't be sent on its way: {Reason}")]
        public static partial void Damaged(ILogger logger, string slide, RunId run, string reason);
    }
}
