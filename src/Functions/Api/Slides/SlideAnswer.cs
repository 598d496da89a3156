using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Api;

/// <summary>A slide as the API tells it: the status is the wanted run's, the result the published run's.</summary>
/// <param name="Slide">The blob's name.</param>
/// <param name="SlideId">The slide's id, for URLs.</param>
/// <param name="Run">The wanted run, else the published one.</param>
/// <param name="Status">State of the wanted run, <c>Failed</c> where the slide has none, or <c>Deleted</c>.</param>
/// <param name="Uploaded">When the slide was first seen.</param>
/// <param name="FailedStep">Step of the failure.</param>
/// <param name="FailureCode">Stable code of the failure.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="ResultOutdated">True where the result is of other content than the slide's wanted run.</param>
/// <param name="BatchesDone">Finished batches of the wanted run.</param>
/// <param name="Batches">Planned batches of the wanted run; null until it is planned.</param>
/// <param name="PlannedPatches">Planned patches of the wanted run.</param>
/// <param name="GridCells">Cells of its grid.</param>
/// <param name="NoTissueCells">Cells left out since they have too little tissue.</param>
/// <param name="ExcludedCells">Cells left out since they are pen, ink or black border.</param>
/// <param name="OutsideRegionCells">Cells outside the wanted region.</param>
/// <param name="FailedCells">
/// Planned cells of a failed run without a score, 0 for other runs; scored, to be scored, left out and failed are all
/// cells of the grid.
/// </param>
/// <param name="Patches">Scored patches of the published run.</param>
/// <param name="TissueCells">Cells with tissue, the same number: every planned cell is scored.</param>
/// <param name="TissueAreaMm2">Area of the scored patches, mm².</param>
/// <param name="TumourAreaMm2">Area of predicted IDC, mm².</param>
/// <param name="TumourFraction">Share of the scored area that is predicted IDC.</param>
/// <param name="DecisionThreshold">The model's threshold.</param>
/// <param name="StainDistance">Distance of the slide's colours from the model's training cases'; null where it was not measured.</param>
/// <param name="StainLimit">The distance beyond which it is warned.</param>
/// <param name="StainWarning">What is unlike the training cases' colours; the slide is scored all the same.</param>
/// <param name="StainUnchecked">Why the colours were not checked.</param>
/// <param name="Model">The model of the published run, else of the wanted one.</param>
/// <param name="Provider">Execution providers of the published run, joined by commas.</param>
/// <param name="Etag">
/// ETag of the wanted content, where there is one, else of the published; a slide's pictures are of the published content,
/// whose ETag is in its settings.
/// </param>
/// <param name="Sha256">The content's SHA-256 as its uploader gave it.</param>
/// <param name="BytesRead">Bytes of the slide fetched.</param>
/// <param name="SlideBytes">Bytes of the slide.</param>
/// <param name="Gets">Requests that fetched them.</param>
/// <param name="Attempts">Attempts at all steps of the published run.</param>
/// <param name="Seconds">Where the published run's time went.</param>
/// <param name="Result">The published run's document, whole.</param>
public sealed record SlideAnswer(
    string Slide,
    string SlideId,
    string? Run,
    string Status,
    DateTimeOffset Uploaded,
    string? FailedStep,
    string? FailureCode,
    string? Reason,
    string? Remedy,
    bool ResultOutdated,
    int BatchesDone,
    int? Batches,
    int? PlannedPatches,
    int? GridCells,
    int? NoTissueCells,
    int? ExcludedCells,
    int? OutsideRegionCells,
    int? FailedCells,
    int? Patches,
    int? TissueCells,
    double? TissueAreaMm2,
    double? TumourAreaMm2,
    double? TumourFraction,
    double? DecisionThreshold,
    double? StainDistance,
    double? StainLimit,
    string? StainWarning,
    string? StainUnchecked,
    string? Model,
    string? Provider,
    string? Etag,
    string? Sha256,
    long? BytesRead,
    long? SlideBytes,
    int? Gets,
    int? Attempts,
    RunSeconds? Seconds,
    RunDocument? Result)
{
    /// <summary>Makes the answer from the rows.</summary>
    /// <param name="slide">The slide's row.</param>
    /// <param name="wanted">The wanted run's row.</param>
    /// <param name="finished">Finished batches of the wanted run.</param>
    public static SlideAnswer Of(SlideRow slide, RunRow? wanted, IReadOnlyCollection<BatchRow> finished)
    {
        var published = slide.Published is { } json ? RunDocument.FromJson(System.Text.Encoding.UTF8.GetBytes(json)) : null;
        var settings = wanted?.ReadSettings() ?? published?.Settings;
        return new SlideAnswer(
            slide.Name,
            slide.RowKey,
            slide.WantedRun ?? slide.PublishedRun,
            slide.Status,
            slide.FirstUpload,
            slide.FailedStep,
            slide.FailureCode,
            slide.Reason,
            slide.Remedy,
            published is not null && slide.WantedEtag != slide.PublishedEtag,
            finished.Count,
            wanted?.Batches,
            wanted?.PlannedPatches,
            wanted?.GridCells ?? published?.Summary.GridCells,
            wanted?.NoTissueCells ?? published?.Summary.NoTissueCells,
            wanted?.ExcludedCells ?? published?.Summary.ExcludedCells,
            wanted?.OutsideRegionCells ?? published?.Summary.OutsideRegionCells,
            wanted is null ? published?.Summary.FailedCells : Unscored(wanted, finished),
            published?.Summary.Patches,
            published?.Summary.Patches,
            published?.Summary.TissueAreaMm2,
            published?.Summary.TumourAreaMm2,
            published?.Summary.TumourFraction,
            published?.Summary.DecisionThreshold,
            published?.Stain?.Distance,
            published?.Stain?.Limit,
            published?.Stain?.Warning,
            published?.Stain?.Unchecked,
            published?.Model ?? (settings is null ? null : $"{settings.ModelName} {settings.ModelVersion}"),
            published is null ? null : string.Join(',', published.Providers),
            slide.WantedEtag ?? settings?.Etag,
            published?.Sha256,
            published?.BytesRead ?? wanted?.BytesRead,
            settings?.Length,
            published?.Gets ?? wanted?.Gets,
            published?.Attempts,
            published?.Seconds,
            published);
    }

    /// <summary>What a failed run leaves unscored; null until it is planned.</summary>
    private static int? Unscored(RunRow run, IReadOnlyCollection<BatchRow> finished) =>
        run.ReadState() == RunState.Failed ? run.PlannedPatches - finished.Sum(batch => batch.Patches) : run.PlannedPatches is null ? null : 0;
}
