using System.Buffers;
using System.Collections.Immutable;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions;

/// <summary>
/// Queue <c>patch-batches</c>: scores one packed batch, stores the scores, then writes their rows from what is stored.
/// Delivered again, it writes the same rows and scores nothing twice.
/// </summary>
public sealed partial class ScoreBatch(
    SlideTable slides,
    RunLedger ledger,
    RunFiles files,
    PlanCache plans,
    PatchTable patches,
    RunFinish finish,
    AttemptLog attempts,
    StepRunner steps,
    ModelStore models,
    MessageQueues queues,
    SlideRefs refs,
    ScoringThreads threads,
    SlideMetrics metrics,
    TimeProvider time,
    ILogger<ScoreBatch> logger)
{
    /// <summary>Handles one message.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        switch (QueueMessages.Read(message))
        {
            case QueueMessage.OfRun { Batch: { } batch } of:
                await steps.RunAsync(
                    of.Slide,
                    of.Run,
                    FailureSteps.Score,
                    batch,
                    () => ScoreAsync(of.Slide, of.Run, batch, cancellationToken),
                    cancellationToken);
                break;
            case QueueMessage.Newer:
                await queues.PutBackAsync(Queues.PatchBatches, message, cancellationToken);
                break;
            default:
                await queues.KeepUnreadableAsync(Queues.PatchBatches, message, cancellationToken);
                break;
        }
    }

    private async Task ScoreAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken)
    {
        // The slide's row says all that is asked here: a run that it wants has a row, and one that it publishes is complete.
        var slideRow = await slides.FindAsync(slide, cancellationToken);
        if (!SlideRow.IsWanted(slideRow, run))
        {
            await ledger.SupersedeAsync(slide, run, RunActor.ScoreBatch, cancellationToken);
            return;
        }

        if (slideRow!.PublishedRun == run.Value)
        {
            return;
        }

        try
        {
            // The plan is written before the first message, so a message without one was not sent by this app.
            if (await plans.FindAsync(slide, run, cancellationToken) is not { } plan || batch >= plan.Batches)
            {
                return;
            }

            // A first attempt has nothing to find: two requests less for each batch that is delivered once.
            var isFirst = await attempts.BeginAsync(slide, run, FailureSteps.Score, batch, cancellationToken) == 1;
            if (isFirst || !await patches.HasBatchAsync(slide, run, batch, cancellationToken))
            {
                var stored = isFirst ? null : await files.FindScoresAsync(slide, run, batch, cancellationToken);
                if ((stored ?? await MakeScoresAsync(slide, run, plan, batch, cancellationToken)) is not { } scores)
                {
                    // Packed patches go after 30 days: cut them again, from the same plan.
                    await queues.SendTileAsync(slide, run, cancellationToken);
                    return;
                }

                await patches.WriteBatchAsync(slide, run, batch, scores, plan, cancellationToken);
                Log.Scored(logger, refs.Of(slide), run, batch, scores.Scores.Length, scores.ScoringMilliseconds, scores.Provider);
            }

            await finish.TryFinishAsync(slide, run, plan, batch, cancellationToken);
        }
        catch (ModelRefusedException refused)
        {
            var failure = new SlideFailure(
                FailureSteps.Score,
                "model-refused",
                refused.Message,
                "Where the reason names a setting of this app, change it and retry the slide; "
                + "else activate a model that passes its checks, then rescore the slide.");
            await ledger.FailAsync(slide, run, RunActor.ScoreBatch, failure, cancellationToken);
        }
    }

    /// <summary>Scores a batch and stores the scores, or reads those of whoever was first; null where its patches are gone.</summary>
    private async Task<BatchScores?> MakeScoresAsync(SlideId slide, RunId run, TilingPlan plan, int batch, CancellationToken cancellationToken)
    {
        var settings = plan.Settings;
        var scorer = await models.GetScorerAsync(settings.ModelName, settings.ModelVersion, settings.ModelSha256, cancellationToken);
        var cells = plan.BatchCells(batch);
        var length = cells.Length * plan.PatchBytes;
        var pixels = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (!await files.TryReadPackedAsync(slide, run, plan, batch, pixels.AsMemory(0, length), cancellationToken))
            {
                return null;
            }

            var probabilities = new float[cells.Length];
            var spreads = new float[cells.Length];
            var elapsed = TimeSpan.Zero;
            await threads.RunAsync(
                () =>
                {
                    var started = time.GetTimestamp();
                    OrientedScoring.Score(scorer, settings.AllOrientations, pixels.AsMemory(0, length), probabilities, spreads, cancellationToken);
                    elapsed = time.GetElapsedTime(started);
                },
                cancellationToken);
            metrics.BatchScored(cells.Length, scorer.Provider, scorer.FallbackReason is not null);
            var scores = new BatchScores(scorer.Provider, (int)elapsed.TotalMilliseconds, Join(cells.Span, probabilities, spreads));
            return await files.StoreScoresAsync(slide, run, batch, scores, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private static ImmutableArray<PatchScore> Join(ReadOnlySpan<PlannedCell> cells, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> spreads)
    {
        var scores = ImmutableArray.CreateBuilder<PatchScore>(cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            scores.Add(new PatchScore(cells[i].Cell, probabilities[i], cells[i].Qualities) { Spread = spreads[i] });
        }

        return scores.MoveToImmutable();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Scored {Slide} {Run} batch {Batch}: {Patches} patches in {Milliseconds} ms on {Provider}")]
        public static partial void Scored(ILogger logger, string slide, RunId run, int batch, int patches, int milliseconds, string provider);
    }
}
