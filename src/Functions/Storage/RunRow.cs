using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Storage;

/// <summary>A run in table <c>Runs</c>.</summary>
public sealed class RunRow : ITableEntity
{
    /// <summary>The slide's id.</summary>
    public string PartitionKey { get; set; } = "";

    /// <summary>The run's id.</summary>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>The <see cref="RunSettings"/> as JSON.</summary>
    public string Settings { get; set; } = "";

    /// <summary>The run's <see cref="RunState"/>.</summary>
    public string State { get; set; } = "";

    /// <summary>When the slide's content was written to storage (the blob's Last-Modified).</summary>
    public DateTimeOffset Uploaded { get; set; }

    /// <summary>When the run was decided.</summary>
    public DateTimeOffset Decided { get; set; }

    /// <summary>The run whose packed patches a rescore reads; null for a run that cuts its own.</summary>
    public string? PatchesRun { get; set; }

    /// <summary>When tiling began.</summary>
    public DateTimeOffset? TilingStarted { get; set; }

    /// <summary>When the last batch was cut.</summary>
    public DateTimeOffset? TilingEnded { get; set; }

    /// <summary>Planned batches; null until the plan is made.</summary>
    public int? Batches { get; set; }

    /// <summary>Planned patches; null until the plan is made.</summary>
    public int? PlannedPatches { get; set; }

    /// <summary>Cells of the grid; null until the plan is made.</summary>
    public int? GridCells { get; set; }

    /// <summary>Cells left out since they have too little tissue; null until the plan is made.</summary>
    public int? NoTissueCells { get; set; }

    /// <summary>Cells left out since they are pen, ink or black border; null until the plan is made.</summary>
    public int? ExcludedCells { get; set; }

    /// <summary>Cells outside the wanted region; null until the plan is made.</summary>
    public int? OutsideRegionCells { get; set; }

    /// <summary>Bytes of the slide fetched by tiling, those of patches that were cut again among them.</summary>
    public long BytesRead { get; set; }

    /// <summary>Requests that fetched them.</summary>
    public int Gets { get; set; }

    /// <summary>How often the sweep sent it on its way again.</summary>
    public int Redrives { get; set; }

    /// <summary>Step of the failure.</summary>
    public string? FailedStep { get; set; }

    /// <summary>Stable code of the failure.</summary>
    public string? FailureCode { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; set; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; set; }

    /// <summary>Takes over what the plan tells.</summary>
    public void SetPlan(TilingPlan plan, DateTimeOffset tilingStarted)
    {
        // Counted once: what is cut again later is added to it.
        (BytesRead, Gets) = Batches is null ? (plan.BytesRead, plan.Gets) : (BytesRead, Gets);
        TilingStarted ??= tilingStarted;
        Batches = plan.Batches;
        PlannedPatches = plan.Cells.Length;
        GridCells = plan.Grid.Columns * plan.Grid.Rows;
        NoTissueCells = plan.NoTissueCells;
        ExcludedCells = plan.ExcludedCells;
        OutsideRegionCells = plan.OutsideRegionCells;
    }

    /// <summary>Takes over why it failed; null where it did not.</summary>
    public void SetFailure(SlideFailure? failure) =>
        (FailedStep, FailureCode, Reason, Remedy) = (failure?.Step, failure?.Code, failure?.Reason, failure?.Remedy);

    /// <summary>Why it failed; null where it did not.</summary>
    public SlideFailure? ReadFailure() => FailureCode is null ? null : new SlideFailure(FailedStep ?? "", FailureCode, Reason ?? "", Remedy ?? "");

    /// <summary>The run's state.</summary>
    public RunState ReadState() => Enum.Parse<RunState>(State);

    /// <summary>A run's settings as its row holds them.</summary>
    public static string SettingsOf(RunSettings settings) => JsonSerializer.Serialize(settings, SlidesJson.Default.RunSettings);

    /// <summary>The run's settings.</summary>
    public RunSettings ReadSettings() =>
        JsonSerializer.Deserialize(Settings, SlidesJson.Default.RunSettings)
        ?? throw new InvalidDataException($"The row of run {RowKey} holds no settings.");
}
