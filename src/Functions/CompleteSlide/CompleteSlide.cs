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
    RunLedger ledger,
    RunFiles files,
    PatchTable patches,
    AttemptLog attempts,
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
                await CompleteRunAsync(of.Slide, of.Run, cancellationToken);
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
        var slideRow = await ledger.FindSlideAsync(slide, cancellationToken);
        if (row is null || slideRow is null)
        {
            return;
        }

        if (slideRow.PublishedRun == run.Value)
        {
            await ledger.CompleteAsync(slide, run, cancellationToken);
            return;
        }

        if (!RunLedger.IsWanted(slideRow, run))
        {
            await ledger.SupersedeAsync(slide, run, RunActor.CompleteSlide, cancellationToken);
            return;
        }

        await attempts.BeginAsync(slide, run, RunSteps.Complete, 0, cancellationToken);
        try
        {
            await PublishAsync(slide, run, row, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await attempts.RecordAsync(slide, run, RunSteps.Complete, 0, exception, cancellationToken);
            if (!StorageErrors.IsTransient(exception))
            {
                throw;
            }

            Log.Postponed(logger, refs.Of(slide), run, exception.Message);
        }
    }

    private async Task PublishAsync(SlideId slide, RunId run, RunRow row, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var plan = await files.FindPlanAsync(slide, run, cancellationToken)
            ?? throw new InvalidDataException($"Run {run} has no plan.");
        var finished = await patches.FinishedBatchesAsync(slide, run, cancellationToken);
        if (finished.Count < plan.Batches)
        {
            return;
        }

        var document = await files.FindDocumentAsync(slide, run, cancellationToken)
            ?? await WriteAsync(slide, run, row, plan, finished, started, cancellationToken);
        var published = await ledger.ChangeSlideAsync(slide, current => Publish(current, run, document), cancellationToken);
        if (published is null)
        {
            await ledger.SupersedeAsync(slide, run, RunActor.CompleteSlide, cancellationToken);
            return;
        }

        await ledger.CompleteAsync(slide, run, cancellationToken);
        metrics.RunPublished(document.Seconds.Total, document.Cost?.Estimate);
        Log.Completed(logger, refs.Of(slide), run, document.Summary.Patches, document.Summary.TumourAreaMm2, document.Seconds.Total);
    }

    private async Task<RunDocument> WriteAsync(
        SlideId slide, RunId run, RunRow row, TilingPlan plan, List<BatchRow> finished, DateTimeOffset started, CancellationToken cancellationToken)
    {
        var scores = await files.ReadScoresAsync(slide, run, plan, cancellationToken);
        var manifest = await models.FindManifestAsync(plan.Settings.ModelName, plan.Settings.ModelVersion, cancellationToken)
            ?? throw new InvalidDataException($"The manifest of {plan.Settings.ModelName} {plan.Settings.ModelVersion} is gone.");
        var summary = SlideAggregation.Summarise(plan, scores, manifest.DecisionThreshold);
        var csv = PatchCsv.Write(plan, scores, manifest.DecisionThreshold);
        var geoJson = PatchGeoJson.Write(plan, run, scores);
        var heatmap = HeatmapPng.Write(plan, scores);
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
            plan.BytesRead,
            plan.Gets,
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
            ExportsSha256 = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal, [Hashed(Exports.PatchesCsv, csv), Hashed(Exports.PatchesGeoJson, geoJson), Hashed(Exports.HeatmapPng, heatmap)]),
            Versions = ProgramVersions.Current,
            Cost = prices.Value.CostOf(plan, finished),
        };
        return await files.StoreDocumentAsync(slide, run, document, cancellationToken);
    }

    private static bool Publish(SlideRow slide, RunId run, RunDocument document)
    {
        if (!RunLedger.IsWanted(slide, run))
        {
            return false;
        }

        slide.Publish(document);
        return true;
    }

    private static KeyValuePair<string, string> Hashed(string file, byte[] content) => KeyValuePair.Create(file, Convert.ToHexStringLower(SHA256.HashData(content)));

    private static double Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Completed {Slide} {Run}: {Patches} patches, {TumourAreaMm2} mm² of predicted IDC, {Seconds} s after the upload")]
        public static partial void Completed(ILogger logger, string slide, RunId run, int patches, double tumourAreaMm2, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "Completing {Slide} {Run} is left to the sweep: storage does not answer: {Reason}")]
        public static partial void Postponed(ILogger logger, string slide, RunId run, string reason);
    }
}
