using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Slides.Runs;

/// <summary>
/// A run's plan (<c>plan.json</c>): what is scored and in which batches. It is written once, before the first batch
/// message, and carries the run's settings, so that rows can be restored from it.
/// </summary>
/// <param name="Version">The plan's schema, <see cref="CurrentVersion"/>.</param>
/// <param name="Settings">The run's settings.</param>
/// <param name="Decided">When the run was decided.</param>
/// <param name="Properties">What was read of the slide.</param>
/// <param name="BytesRead">Bytes of the slide fetched to make the plan.</param>
/// <param name="Gets">Requests that fetched them.</param>
/// <param name="Cells">The cells to score, in grid order.</param>
public sealed record TilingPlan(
    int Version,
    RunSettings Settings,
    DateTimeOffset Decided,
    SlideProperties Properties,
    long BytesRead,
    int Gets,
    ImmutableArray<PlannedCell> Cells)
{
    /// <summary>The schema this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Cells of the grid with too little tissue to be planned.</summary>
    public int NoTissueCells { get; init; }

    /// <summary>Cells of the grid with too little tissue to be planned, and pen, ink or black border.</summary>
    public int ExcludedCells { get; init; }

    /// <summary>Cells of the grid outside the wanted region.</summary>
    public int OutsideRegionCells { get; init; }

    /// <summary>The colours of the planned cells (of the whole slide where none is planned); null where nothing is stained.</summary>
    public StainProfile? Stain { get; init; }

    /// <summary>
    /// SHA-256 of the tissue mask that the cells were planned by, as it is stored, in lower-case hex; null in plans of
    /// programs that did not say.
    /// </summary>
    public string? MaskSha256 { get; init; }

    /// <summary>The run whose packed patches this one reads; null for a run that cuts its own.</summary>
    public string? PatchesRun { get; init; }

    /// <summary>Batches of <see cref="TilingSettings.BatchSize"/> cells, the last one shorter.</summary>
    [JsonIgnore]
    public int Batches => (Cells.Length + Settings.Tiling.BatchSize - 1) / Settings.Tiling.BatchSize;

    /// <summary>The slide's grid.</summary>
    [JsonIgnore]
    public PatchGrid Grid => Properties.GridFor(Settings.Tiling.TargetSpacingUmPx, Settings.Tiling.PatchSidePixels, Settings.Tiling.StridePixels);

    /// <summary>Bytes of one packed patch: side × side × 3.</summary>
    [JsonIgnore]
    public int PatchBytes => Settings.Tiling.PatchBytes;

    /// <summary>The cells of one batch, in grid order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The plan has no such batch.</exception>
    public ReadOnlyMemory<PlannedCell> BatchCells(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, Batches);
        var start = batch * Settings.Tiling.BatchSize;
        return Cells.AsMemory().Slice(start, Math.Min(Settings.Tiling.BatchSize, Cells.Length - start));
    }

    /// <summary>The plan as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SlidesJson.Default.TilingPlan);

    /// <summary>Reads a stored plan.</summary>
    /// <exception cref="InvalidDataException">The bytes are no plan of a version this program knows.</exception>
    public static TilingPlan FromJson(ReadOnlySpan<byte> json)
    {
        var plan = JsonSerializer.Deserialize(json, SlidesJson.Default.TilingPlan);
        return plan is { Version: CurrentVersion }
            ? plan
            : throw new InvalidDataException(
                $"the plan has version {plan?.Version}, this program reads {CurrentVersion}: "
                + $"{(plan?.Version > CurrentVersion ? "upgrade the program" : "rescore the slide")}");
    }
}
