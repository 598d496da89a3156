using System.ComponentModel.DataAnnotations;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Runs;

/// <summary>What a run's cost is estimated from; section <c>Prices</c>. Default 0: no estimate.</summary>
public sealed class PriceOptions
{
    private const double SecondsPerHour = 3600;

    /// <summary>An hour of a scorer.</summary>
    [Range(0, 1000)]
    public double ScorerPerHour { get; set; }

    /// <summary>10,000 storage operations.</summary>
    [Range(0, 1000)]
    public double TenThousandOperations { get; set; }

    /// <summary>The prices' currency.</summary>
    [Required]
    public string Currency { get; set; } = "USD";

    /// <summary>What a run cost.</summary>
    public RunCost CostOf(TilingPlan plan, IEnumerable<BatchRow> batches)
    {
        var (patches, batchSize) = (plan.Cells.Length, plan.Settings.Tiling.BatchSize);
        var operations = plan.PatchesRun is null
            ? RunCost.OperationsOf(patches, batchSize, plan.Gets)
            : RunCost.OperationsOfRescore(patches, batchSize);
        var seconds = batches.Sum(batch => batch.ScoringMilliseconds) / 1000.0;
        return ScorerPerHour == 0 && TenThousandOperations == 0
            ? new RunCost(operations, seconds, null, null)
            : new RunCost(
                operations,
                seconds,
                (seconds / SecondsPerHour * ScorerPerHour) + (operations / 10_000.0 * TenThousandOperations),
                Currency);
    }
}
