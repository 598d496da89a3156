using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Scoring.Stain;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>
/// Queue <c>finished-runs</c>: aggregates a run's stored batches, writes the exports and publishes. A reader sees the
/// run published before until this one is, and never a mixture.
/// </summary>
public sealed partial class CompleteSlide(
    SlideTable slides,
    RunLedger ledger,
    RunFiles files,
    PatchTable patches,
    AttemptLog attempts,
    StepRunner steps,
    ModelStore models,
    MessageQueues queues,
    SlideMetrics metrics,
    SlideRefs refs,
    IOptions<PriceOptions> prices,
    TimeProvider time,
    ILogger<CompleteSlide> logger)
{
    /// <summary>Handles one message.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        switch (QueueMessages.Read(message))
        {
            case QueueMessage.OfRun { Batch: null } of:
                await steps.RunAsync(
                    of.Slide,
                    of.Run,
                    FailureSteps.Complete,
                    0,
                    () => CompleteRunAsync(of.Slide, of.Run, cancellationToken),
                    cancellationToken);
                break;
            case QueueMessage.Newer:
                await queues.PutBackAsync(Queues.FinishedRuns, message, cancellationToken);
                break;
            default:
                await queues.KeepUnreadableAsync(Queues.FinishedRuns, message, cancellationToken);
                break;
        }
    }

    private async Task CompleteRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var row = await ledger.FindRunAsync(slide, run, cancellationToken);
        var slideRow = await slides.FindAsync(slide, cancellationToken);
        if (row is null || slideRow is null)
        {
            return;
        }

        if (slideRow.PublishedRun == run.Value)
        {
            await ledger.CompleteAsync(slide, run, row, cancellationToken);
            return;
        }

        if (!SlideRow.IsWanted(slideRow, run))
        {
            await ledger.SupersedeAsync(slide, run, RunActor.CompleteSlide, cancellationToken);
            return;
        }

        var attempt = await attempts.BeginAsync(slide, run, FailureSteps.Complete, 0, cancellationToken);
        await PublishAsync(slide, run, row, slideRow, isFirst: attempt == 1, cancellationToken);
    }

    private async Task PublishAsync(SlideId slide, RunId run, RunRow row, SlideRow slideRow, bool isFirst, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var plan = await files.FindPlanAsync(slide, run, cancellationToken)
            ?? throw new InvalidDataException($"{run}/plan.json: it is gone: rescore the slide");
        var finished = await patches.FinishedBatchesAsync(slide, run, cancellationToken);
        if (finished.Count < plan.Batches)
        {
            return;
        }

        // A first attempt has nothing to find; what an attempt before a retry has stored, writing finds.
        var stored = isFirst ? null : await files.FindDocumentAsync(slide, run, cancellationToken);
        if ((stored ?? await WriteAsync(slide, run, row, plan, finished, started, cancellationToken)) is not { } document)
        {
            return;
        }

        var published = await slides.ChangeAsync(slide, current => Publish(current, run, document), slideRow, cancellationToken);
        if (published is null)
        {
            await ledger.SupersedeAsync(slide, run, RunActor.CompleteSlide, cancellationToken);
            return;
        }

        await ledger.CompleteAsync(slide, run, row, cancellationToken);
        metrics.RunPublished(document.Seconds.Total, document.Cost?.Estimate);
        Log.Completed(logger, refs.Of(slide), run, document.Summary.Patches, document.Summary.TumourAreaMm2, document.Seconds.Total);
    }

    /// <summary>Writes exports and document; null where batches have to be scored again first.</summary>
    private async Task<RunDocument?> WriteAsync(
        SlideId slide, RunId run, RunRow row, TilingPlan plan, List<BatchRow> finished, DateTimeOffset started, CancellationToken cancellationToken)
    {
        var batches = await files.FindBatchesAsync(slide, run, plan, cancellationToken);
        if (batches.Contains(null))
        {
            await ScoreAgainAsync(slide, run, Enumerable.Range(0, plan.Batches).Where(batch => batches[batch] is null), cancellationToken);
            return null;
        }

        PatchScore[] scores = [.. batches.SelectMany(batch => batch!.Scores)];
        var manifest = await models.FindManifestAsync(plan.Settings.ModelName, plan.Settings.ModelVersion, cancellationToken)
            ?? throw new InvalidDataException(
                $"{BlobNames.ModelFile(plan.Settings.ModelName, plan.Settings.ModelVersion, BlobNames.ModelManifest)}: it is gone: "
                + "publish the model again and retry the slide, or activate another and rescore it");
        var exports = RunExports.Of(plan, run, scores, manifest.DecisionThreshold);

        // Who stores the document first has stored its exports before: another program's may differ, and they stay.
        if (await files.FindDocumentAsync(slide, run, cancellationToken) is { } first)
        {
            return first;
        }

        foreach (var (file, content) in exports.Files)
        {
            await files.WriteExportAsync(slide, run, file, content, cancellationToken);
        }

        var attempted = (await attempts.ListAsync(slide, run, cancellationToken)).Sum(attempt => attempt.Attempts);
        var document = DocumentOf(slide, run, row, plan, scores, finished, attempted, manifest, started, time.GetUtcNow()) with
        {
            ExportsSha256 = exports.Hashes(plan.MaskSha256),
            Cost = prices.Value.CostOf(plan, finished),
        };
        return await files.StoreDocumentAsync(slide, run, document, cancellationToken);
    }

    /// <summary>
    /// The result, and where the time went: from the upload to the tiling, in tiling, until all batches were scored, in
    /// completing.
    /// </summary>
    private static RunDocument DocumentOf(
        SlideId slide,
        RunId run,
        RunRow row,
        TilingPlan plan,
        PatchScore[] scores,
        List<BatchRow> finished,
        int attempts,
        ModelManifest manifest,
        DateTimeOffset started,
        DateTimeOffset ended)
    {
        var tilingStarted = row.TilingStarted ?? row.Decided;
        var tilingEnded = row.TilingEnded ?? started;
        return new RunDocument
        {
            Slide = plan.Settings.Slide,
            SlideId = slide.Value,
            Run = run.Value,
            Settings = plan.Settings,
            Properties = plan.Properties,
            Summary = SlideAggregation.Summarise(plan, scores, manifest.DecisionThreshold),
            Model = $"{plan.Settings.ModelName} {plan.Settings.ModelVersion}",
            Providers = [.. finished.Select(batch => batch.Provider).Distinct().Order(StringComparer.Ordinal)],
            Sha256 = plan.Settings.Sha256,
            BytesRead = row.BytesRead,
            Gets = row.Gets,
            Attempts = attempts,
            Decided = row.Decided,
            Completed = ended,
            Seconds = new RunSeconds(
                Seconds(row.Uploaded, tilingStarted),
                Seconds(tilingStarted, tilingEnded),
                Seconds(tilingEnded, started),
                Seconds(started, ended),
                Seconds(row.Uploaded, ended)),
            Stain = StainCheck.Check(plan.Stain, manifest.Stain),
            ScoresSha256 = PatchScore.HashOf(scores),
            Versions = ProgramVersions.Current,
        };
    }

    /// <summary>What is stored of a finished batch was lost or damaged behind the app's back.</summary>
    private async Task ScoreAgainAsync(SlideId slide, RunId run, IEnumerable<int> batches, CancellationToken cancellationToken)
    {
        foreach (var batch in batches)
        {
            Log.ScoredAgain(logger, refs.Of(slide), run, batch);
            await patches.ForgetBatchAsync(slide, run, batch, cancellationToken);
            await queues.SendScoreAsync(slide, run, batch, cancellationToken);
        }
    }

    private static bool Publish(SlideRow slide, RunId run, RunDocument document)
    {
        if (!SlideRow.IsWanted(slide, run))
        {
            return false;
        }

        slide.Publish(document);
        return true;
    }

    private static double Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Completed {Slide} {Run}: {Patches} patches, {TumourAreaMm2} mm² of predicted IDC, {Seconds} s after the upload")]
        public static partial void Completed(ILogger logger, string slide, RunId run, int patches, double tumourAreaMm2, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "The stored scores of {Slide} {Run} batch {Batch} are gone or damaged: it is scored again")]
        public static partial void ScoredAgain(ILogger logger, string slide, RunId run, int batch);
    }
}
