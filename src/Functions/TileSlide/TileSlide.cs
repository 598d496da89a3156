using Azure;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>
/// Queue <c>slide-uploads</c>: decides the slide's run, plans it, cuts its patches and sends its batches to be scored.
/// Delivered again, it goes on with the stored plan and does only what is missing.
/// </summary>
public sealed partial class TileSlide(
    StorageClients storage,
    RunDecider decider,
    SlideTable slides,
    RunLedger ledger,
    RunFiles files,
    RunTiling tiling,
    PatchTable patches,
    RunFinish finish,
    AttemptLog attempts,
    StepRunner steps,
    MessageQueues queues,
    SlideRefs refs,
    IOptions<WorkLimits> limits,
    TimeProvider time,
    ILogger<TileSlide> logger) : IDisposable
{
    private readonly SemaphoreSlim turns = new(limits.Value.SlidesAtOnce);

    /// <summary>Handles one message.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        switch (QueueMessages.Read(message))
        {
            case QueueMessage.SlideEvent uploaded:
                await DecideAndTileAsync(uploaded.Name, message, cancellationToken);
                break;
            case QueueMessage.OfRun { Batch: null } of:
                await TileRunAsync(of.Slide, of.Run, cancellationToken);
                break;
            case QueueMessage.Newer:
                await queues.PutBackAsync(Queues.SlideUploads, message, cancellationToken);
                break;
            default:
                await queues.KeepUnreadableAsync(Queues.SlideUploads, message, cancellationToken);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private async Task DecideAndTileAsync(string name, string message, CancellationToken cancellationToken)
    {
        RunId? run;
        try
        {
            run = await decider.DecideUploadAsync(name, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && StorageErrors.IsTransient(exception))
        {
            // Where no run is open there is nothing that the sweep could drive: the event itself waits.
            Log.NotDecided(logger, refs.Of(SlideId.FromName(name)), exception.Message);
            await queues.PutBackAsync(Queues.SlideUploads, message, cancellationToken);
            return;
        }

        if (run is not null)
        {
            await TileRunAsync(SlideId.FromName(name), run, cancellationToken);
        }
    }

    private async Task TileRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        if (!await turns.WaitAsync(limits.Value.LongestWait, cancellationToken))
        {
            // The host's patience counts from the delivery. The run shows a sign of life: it does not stand still, it waits.
            Log.Waits(logger, refs.Of(slide), run);
            await ledger.ChangeRunAsync(slide, run, static row => row.Redrives = 0, cancellationToken);
            await queues.SendTileAsync(slide, run, cancellationToken);
            return;
        }

        try
        {
            await steps.RunAsync(slide, run, FailureSteps.Tile, 0, () => TryTileAsync(slide, run, cancellationToken), cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    private async Task TryTileAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        try
        {
            if (await ledger.FindRunAsync(slide, run, cancellationToken) is not { } row || RunTransitions.IsFinal(row.ReadState()))
            {
                return;
            }

            var slideRow = await slides.FindAsync(slide, cancellationToken);
            if (!SlideRow.IsWanted(slideRow, run))
            {
                await ledger.SupersedeAsync(slide, run, RunActor.TileSlide, cancellationToken);
                return;
            }

            await attempts.BeginAsync(slide, run, FailureSteps.Tile, 0, cancellationToken);
            await TileOrDecideAgainAsync(slide, run, row, slideRow!, cancellationToken);
        }
        catch (SlideChangedException changed)
        {
            // The content is no longer what the run was decided for: decide again, as an event would, and stop this run.
            Log.Changed(logger, refs.Of(slide), run);
            var next = await decider.DecideUploadAsync(changed.Slide, cancellationToken);
            if (next != run)
            {
                await ledger.SupersedeAsync(slide, run, RunActor.TileSlide, cancellationToken);
            }

            if (next is not null)
            {
                await queues.SendTileAsync(slide, next, cancellationToken);
            }
        }
        catch (SlideRefusedException refused)
        {
            Log.Refused(logger, refs.Of(slide), run, refused.Failure.Code);
            await ledger.FailAsync(slide, run, RunActor.TileSlide, refused.Failure, cancellationToken);
        }
        catch (DecoderCrashedException crashed)
        {
            var before = await attempts.FindAsync(slide, run, FailureSteps.Tile, 0, cancellationToken);
            if (before?.Reason?.StartsWith(nameof(DecoderCrashedException), StringComparison.Ordinal) != true)
            {
                throw;
            }

            var failure = new SlideFailure(
                FailureSteps.Tile,
                "decoder-crashed",
                $"{crashed.Message} So it did the time before.",
                "The file may be damaged: copy it again from the scanner, or convert it to a pyramidal TIFF, and upload it again.");
            Log.Refused(logger, refs.Of(slide), run, failure.Code);
            await ledger.FailAsync(slide, run, RunActor.TileSlide, failure, cancellationToken);
        }
    }

    private async Task TileOrDecideAgainAsync(SlideId slide, RunId run, RunRow row, SlideRow slideRow, CancellationToken cancellationToken)
    {
        try
        {
            await TileAsync(slide, run, row, slideRow, cancellationToken);
        }
        catch (OtherTilingException other)
        {
            Log.OtherTiling(logger, refs.Of(slide), run, other.Message);
            var next = await decider.DecideRescoreAsync(slideRow, $"tiling-{run}", RunState.Tiling, cancellationToken);
            await ledger.SupersedeAsync(slide, run, RunActor.TileSlide, cancellationToken);
            if (next is not null)
            {
                await queues.SendTileAsync(slide, next, cancellationToken);
            }
        }
    }

    private async Task TileAsync(SlideId slide, RunId run, RunRow row, SlideRow slideRow, CancellationToken cancellationToken)
    {
        var started = row.TilingStarted ?? time.GetUtcNow();
        var settings = row.ReadSettings();
        var source = new BlobRangeSource(
            storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(settings.Slide),
            settings.Slide,
            new ETag(settings.Etag),
            settings.Length);
        var older = await files.FindPlanAsync(slide, run, cancellationToken);
        var plan = older ?? await tiling.PlanAsync(source, slide, run, row, cancellationToken);
        var isAdvanced = await ledger.AdvanceAsync(
            slide,
            row,
            slideRow,
            RunState.Scoring,
            RunActor.TileSlide,
            changed =>
            {
                changed.SetPlan(plan, started);
                changed.TilingEnded ??= older is null ? time.GetUtcNow() : null;
            },
            cancellationToken);

        // A plan that was made just now has all its patches and none of its batches.
        var open = older is null ? [.. Enumerable.Range(0, plan.Batches)] : await patches.OpenBatchesAsync(slide, run, plan, cancellationToken);
        if (older is not null)
        {
            await tiling.CutMissingAsync(source, slide, run, plan, open, cancellationToken);
            if (source.Gets > 0)
            {
                // Before the batches are sent: the run may be complete a moment later, and says what it has read.
                await ledger.ChangeRunAsync(
                    slide,
                    run,
                    changed => (changed.BytesRead, changed.Gets) = (changed.BytesRead + source.BytesRead, changed.Gets + source.Gets),
                    cancellationToken);
            }
        }

        await Parallel.ForEachAsync(open, cancellationToken, async (batch, token) => await queues.SendScoreAsync(slide, run, batch, token));
        if (older is not null || !isAdvanced)
        {
            await ledger.ChangeRunAsync(slide, run, changed => changed.TilingEnded ??= time.GetUtcNow(), cancellationToken);
        }

        if (open.Count == 0)
        {
            await finish.TryFinishAsync(slide, run, plan, null, cancellationToken);
        }

        Log.Tiled(logger, refs.Of(slide), run, plan.Cells.Length, source.BytesRead, settings.Length, source.Gets);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Tiled {Slide} {Run}: {Patches} patches, {BytesRead} of {BlobBytes} bytes read in {Gets} requests")]
        public static partial void Tiled(ILogger logger, string slide, RunId run, int patches, long bytesRead, long blobBytes, int gets);

        [LoggerMessage(2, LogLevel.Warning, "Slide {Slide} changed while run {Run} read it; deciding again")]
        public static partial void Changed(ILogger logger, string slide, RunId run);

        [LoggerMessage(3, LogLevel.Warning, "Slide {Slide} can't be tiled, run {Run}: {Code}")]
        public static partial void Refused(ILogger logger, string slide, RunId run, string code);

        [LoggerMessage(4, LogLevel.Warning, "The event of {Slide} is put back: storage does not answer: {Reason}")]
        public static partial void NotDecided(ILogger logger, string slide, string reason);

        [LoggerMessage(6, LogLevel.Information, "Run {Run} of {Slide} goes back into its queue: others are still being tiled")]
        public static partial void Waits(ILogger logger, string slide, RunId run);

        [LoggerMessage(5, LogLevel.Warning, "Run {Run} of {Slide} is decided again: {Reason}")]
        public static partial void OtherTiling(ILogger logger, string slide, RunId run, string reason);
    }
}
