using System.Buffers;
using System.Collections.Immutable;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>
/// Queue <c>patch-batches</c>: scores one packed batch, stores the scores, then writes their rows from what is stored.
/// Delivered again, it writes the same rows and scores nothing twice.
/// </summary>
public sealed partial class ScoreBatch(
    RunLedger ledger,
    RunFiles files,
    PatchTable patches,
    RunFinish finish,
    AttemptLog attempts,
    ModelStore models,
    MessageQueues queues,
    SlideRefs refs,
    IOptions<WorkLimits> limits,
    TimeProvider time,
    ILogger<ScoreBatch> logger) : IDisposable
{
    private readonly SemaphoreSlim batches = new(limits.Value.BatchesAtOnce);

    /// <summary>Handles one message.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        switch (QueueMessages.Read(message))
        {
            case QueueMessage.OfRun { Batch: { } batch } of:
                await ScoreAsync(of.Slide, of.Run, batch, cancellationToken);
                break;
            case QueueMessage.Newer:
                await queues.PutBackAsync(Queues.PatchBatches, message, cancellationToken);
                break;
            default:
                await queues.KeepUnreadableAsync(Queues.PatchBatches, message, cancellationToken);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => batches.Dispose();

    private async Task ScoreAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken)
    {
        if (await ledger.FindRunAsync(slide, run, cancellationToken) is not { } row
            || row.ReadState() is RunState.Complete or RunState.Superseded or RunState.Deleting)
        {
            return;
        }

        if (!RunLedger.IsWanted(await ledger.FindSlideAsync(slide, cancellationToken), run))
        {
            await ledger.SupersedeAsync(slide, run, RunActor.ScoreBatch, cancellationToken);
            return;
        }

        try
        {
            // The plan is written before the first message, so a message without one was not sent by this app.
            if (await files.FindPlanAsync(slide, run, cancellationToken) is not { } plan || batch >= plan.Batches)
            {
                return;
            }

            if (!await patches.HasBatchAsync(slide, run, batch, cancellationToken))
            {
                await attempts.BeginAsync(slide, run, RunSteps.Score, batch, cancellationToken);
                if (await FindOrMakeScoresAsync(slide, run, plan, batch, cancellationToken) is not { } scores)
                {
                    // Packed patches go after 30 days: cut them again, from the same plan.
                    await queues.SendTileAsync(slide, run, cancellationToken);
                    return;
                }

                await patches.WriteBatchAsync(slide, run, batch, scores, plan.Grid, cancellationToken);
                Log.Scored(logger, refs.Of(slide), run, batch, scores.Scores.Length, scores.ScoringMilliseconds, scores.Provider);
            }

            await finish.TryFinishAsync(slide, run, plan, cancellationToken);
        }
        catch (ModelRefusedException refused)
        {
            var failure = new SlideFailure(RunSteps.Score, "model-refused", refused.Message, "Activate a model that passes its checks, then rescore the slide.");
            await ledger.FailAsync(slide, run, RunActor.ScoreBatch, failure, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await attempts.RecordAsync(slide, run, RunSteps.Score, batch, exception, cancellationToken);
            if (!StorageErrors.IsTransient(exception))
            {
                throw;
            }

            Log.Postponed(logger, refs.Of(slide), run, batch, exception.Message);
        }
    }

    private async Task<BatchScores?> FindOrMakeScoresAsync(SlideId slide, RunId run, TilingPlan plan, int batch, CancellationToken cancellationToken)
    {
        if (await files.FindScoresAsync(slide, run, batch, cancellationToken) is { } stored)
        {
            return stored;
        }

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
            await batches.WaitAsync(cancellationToken);
            TimeSpan elapsed;
            try
            {
                var started = time.GetTimestamp();
                await Task.Run(() => scorer.Score(pixels.AsMemory(0, length), probabilities, cancellationToken), cancellationToken);
                elapsed = time.GetElapsedTime(started);
            }
            finally
            {
                batches.Release();
            }

            var scores = new BatchScores(scorer.Provider, (int)elapsed.TotalMilliseconds, Join(cells.Span, probabilities));
            return await files.StoreScoresAsync(slide, run, batch, scores, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private static ImmutableArray<PatchScore> Join(ReadOnlySpan<PlannedCell> cells, ReadOnlySpan<float> probabilities)
    {
        var scores = ImmutableArray.CreateBuilder<PatchScore>(cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            scores.Add(new PatchScore(cells[i].Cell, probabilities[i], cells[i].Qualities));
        }

        return scores.MoveToImmutable();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Scored {Slide} {Run} batch {Batch}: {Patches} patches in {Milliseconds} ms on {Provider}")]
        public static partial void Scored(ILogger logger, string slide, RunId run, int batch, int patches, int milliseconds, string provider);

        [LoggerMessage(2, LogLevel.Warning, "Scoring {Slide} {Run} batch {Batch} is left to the sweep: storage does not answer: {Reason}")]
        public static partial void Postponed(ILogger logger, string slide, RunId run, int batch, string reason);
    }
}
