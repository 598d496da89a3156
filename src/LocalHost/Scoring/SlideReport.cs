using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>A slide's result as <c>idc score --json</c> prints it: the API's answer, as far as it concerns the result.</summary>
public sealed record SlideReport
{
    /// <summary>The slide's name.</summary>
    public required string Slide { get; init; }

    /// <summary>The slide's id.</summary>
    public required string SlideId { get; init; }

    /// <summary>The run's id; null where the slide was refused before it had one.</summary>
    public string? Run { get; init; }

    /// <summary><c>Complete</c>, <c>Failed</c>, or the state it is in.</summary>
    public required string Status { get; init; }

    /// <summary>Stable name of the reason of a failure.</summary>
    public string? FailureCode { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>Scored patches.</summary>
    public int? Patches { get; init; }

    /// <summary>Cells of the grid with tissue.</summary>
    public int? TissueCells { get; init; }

    /// <summary>Area of predicted IDC, mm².</summary>
    public double? TumourAreaMm2 { get; init; }

    /// <summary>Share of the tissue that is predicted IDC.</summary>
    public double? TumourFraction { get; init; }

    /// <summary>Cells of the grid without tissue.</summary>
    public int? NoTissueCells { get; init; }

    /// <summary>Cells of the grid that are pen, ink or black border.</summary>
    public int? ExcludedCells { get; init; }

    /// <summary>Distance of the slide's colours from the model's training cases'.</summary>
    public double? StainDistance { get; init; }

    /// <summary>What is unlike the training cases' colours.</summary>
    public string? StainWarning { get; init; }

    /// <summary>Model and version.</summary>
    public string? Model { get; init; }

    /// <summary>Execution providers.</summary>
    public string? Provider { get; init; }

    /// <summary>The content's ETag in storage.</summary>
    public string? Etag { get; init; }

    /// <summary>The content's SHA-256.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes of the slide read.</summary>
    public long? BytesRead { get; init; }

    /// <summary>Bytes of the slide.</summary>
    public long? SlideBytes { get; init; }

    /// <summary>Requests that read them.</summary>
    public int? Gets { get; init; }

    /// <summary>Attempts at all steps.</summary>
    public int? Attempts { get; init; }

    /// <summary>Where the time went.</summary>
    public RunSeconds? Seconds { get; init; }

    /// <summary>True where the app has a result, but of other content than this report's.</summary>
    public bool ResultOutdated { get; init; }

    /// <summary>True for a slide with a result.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsComplete => Status == nameof(RunState.Complete);

    /// <summary>The report without what an outdated result says: its figures are of other content.</summary>
    public SlideReport OfItsContent() => !ResultOutdated ? this : new()
    {
        Slide = Slide,
        SlideId = SlideId,
        Run = Run,
        Status = Status,
        FailureCode = FailureCode,
        Reason = Reason,
        Remedy = Remedy,
        Etag = Etag,
        ResultOutdated = true,
    };

    /// <summary>The report of a slide that the app does not score.</summary>
    public static SlideReport Refused(SlideFile slide, SlideFailure failure) => new()
    {
        Slide = slide.Name,
        SlideId = slide.Id.Value,
        Status = nameof(RunState.Failed),
        FailureCode = failure.Code,
        Reason = failure.Reason,
        Remedy = failure.Remedy,
    };
}
