using System.Collections.Immutable;
using System.Security.Cryptography;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Exports;
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
    StepAttempt step,
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
                await step.MakeAsync(of.Slide, of.Run, FailureSteps.Complete, 0, () => CompleteRunAsync(of.Slide, of.Run, cancellationToken), cancellationToken);
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
            ?? throw new InvalidDataException($"{BlobNames.ModelFile(plan.Settings.ModelName, plan.Settings.ModelVersion, BlobNames.ModelManifest)}: it is gone: publish the model again and retry the slide, or activate another and rescore it");
        var summary = SlideAggregation.Summarise(plan, scores, manifest.DecisionThreshold);
        var csv = PatchCsv.Write(plan, scores, manifest.DecisionThreshold);
        var geoJson = PatchGeoJson.Write(plan, run, scores);
        var heatmap = HeatmapPng.Write(plan, scores);

        // Who stores the document first has stored its exports before: another program's may differ, and they stay.
        if (await files.FindDocumentAsync(slide, run, cancellationToken) is { } first)
        {
            return first;
        }

        await files.WriteExportAsync(slide, run, Exports.PatchesCsv, csv, cancellationToken);
        await files.WriteExportAsync(slide, run, Exports.PatchesGeoJson, geoJson, cancellationToken);
        await files.WriteExportAsync(slide, run, Exports.HeatmapPng, heatmap, cancellationToken);

        var attempted = await attempts.ListAsync(slide, run, cancellationToken);
        var ended = time.GetUtcNow();
        var tilingStarted = row.TilingStarted ?? row.Decided;
        var tilingEnded = row.TilingEnded ?? started;
        var document = new RunDocument(
            plan.Settings.Slide,
            slide.Value,
            run.Value,
            plan.Settings,
            plan.Properties,
            summary,
            $"{plan.Settings.ModelName} {plan.Settings.ModelVersion}",
            [.. finished.Select(batch => batch.Provider).Distinct().Order(StringComparer.Ordinal)],
            plan.Settings.Sha256,
            row.BytesRead,
            row.Gets,
            attempted.Sum(attempt => attempt.Attempts),
            row.Decided,
            ended,
            new RunSeconds(
                Seconds(row.Uploaded, tilingStarted),
                Seconds(tilingStarted, tilingEnded),
                Seconds(tilingEnded, started),
                Seconds(started, ended),
                Seconds(row.Uploaded, ended)))
        {
            Stain = StainCheck.Check(plan.Stain, manifest.Stain),
            ScoresSha256 = PatchScore.HashOf(scores),
            ExportsSha256 = HashesOf(plan, csv, geoJson, heatmap),
            Versions = ProgramVersions.Current,
            Cost = prices.Value.CostOf(plan, finished),
        };
        return await files.StoreDocumentAsync(slide, run, document, cancellationToken);
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

    /// <summary>The hash of each file; the mask's where the program that planned the run noted it.</summary>
    private static ImmutableSortedDictionary<string, string> HashesOf(TilingPlan plan, byte[] csv, byte[] geoJson, byte[] heatmap)
    {
        var hashes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (file, content) in new[] { (Exports.PatchesCsv, csv), (Exports.PatchesGeoJson, geoJson), (Exports.HeatmapPng, heatmap) })
        {
            hashes.Add(file, Convert.ToHexStringLower(SHA256.HashData(content)));
        }

        if (plan.MaskSha256 is { } mask)
        {
            hashes.Add(Exports.MaskPng, mask);
        }

        return hashes.ToImmutable();
    }

    private static double Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Completed {Slide} {Run}: {Patches} patches, {TumourAreaMm2} mm² of predicted IDC, {Seconds} s after the upload")]
        public static partial void Completed(ILogger logger, string slide, RunId run, int patches, double tumourAreaMm2, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "The stored scores of {Slide} {Run} batch {Batch} are gone or damaged: it is scored again")]
        public static partial void ScoredAgain(ILogger logger, string slide, RunId run, int batch);
    }
}
