using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Bench.Scaling;

/// <summary>What so many slides a day ask of storage and of scorers; docs/scaling.md says what follows from it.</summary>
/// <param name="SlidesPerDay">Slides dropped, evenly over the day.</param>
/// <param name="PatchesPerSlide">Planned patches of a slide. The data set's mean is 995.</param>
/// <param name="GetsPerSlide">Requests that read a slide.</param>
/// <param name="PatchesPerSecond">What one scorer scores.</param>
/// <param name="ScorerPerHour">What one scorer costs an hour, in any currency.</param>
/// <param name="PerTenThousandOperations">What 10,000 storage operations cost, in the same currency.</param>
public sealed record ScalingPlan(double SlidesPerDay, int PatchesPerSlide, int GetsPerSlide, double PatchesPerSecond, double ScorerPerHour, double PerTenThousandOperations)
{
    /// <summary>Table storage takes so many entities a second in an account (Azure's documented target).</summary>
    public const double AccountEntitiesPerSecond = 20_000;

    /// <summary>A queue takes so many messages a second.</summary>
    public const double QueueMessagesPerSecond = 2_000;

    /// <summary>The same in a partition (Azure's documented target), and a run's patches have one.</summary>
    public const double PartitionEntitiesPerSecond = 2_000;

    private const int BatchSize = 256;
    private const double SecondsPerDay = 86_400;

    /// <summary>Runs whose batches a scorer has in hand at once: 1 where slides come alone, <see cref="RunsOf"/> where many wait.</summary>
    public int RunsAtOnce { get; init; } = 1;

    /// <summary>Patches that a scorer brings into rows in a second: what it scores, and no more than the partitions of its runs take.</summary>
    public double RowsPerSecond => Math.Min(PatchesPerSecond, PartitionEntitiesPerSecond * RunsAtOnce);

    /// <summary>True where the partitions of its runs are what keeps a scorer from more rows.</summary>
    public bool IsBoundByPartitions => RowsPerSecond < PatchesPerSecond;

    /// <summary>Batches of a slide.</summary>
    public int Batches => (PatchesPerSlide + BatchSize - 1) / BatchSize;

    /// <summary>Storage operations of a slide.</summary>
    public int OperationsOfSlide => RunCost.OperationsOf(PatchesPerSlide, BatchSize, GetsPerSlide);

    /// <summary>Entities written a second, on average.</summary>
    public double EntitiesPerSecond => SlidesPerDay * (PatchesPerSlide + (2 * Batches)) / SecondsPerDay;

    /// <summary>Messages a second in the busiest queue.</summary>
    public double MessagesPerSecond => SlidesPerDay * Batches / SecondsPerDay;

    /// <summary>Hours that scorers work a day, all together.</summary>
    public double ScorerHoursPerDay => SlidesPerDay * PatchesPerSlide / RowsPerSecond / 3600;

    /// <summary>Scorers that keep up.</summary>
    public int Scorers => Math.Max(1, (int)Math.Ceiling(ScorerHoursPerDay / 24));

    /// <summary>Partitions, one a run, that the rows of a second have to be spread over, so that none gets more than it takes.</summary>
    public int Partitions => Math.Max(1, (int)Math.Ceiling(EntitiesPerSecond / PartitionEntitiesPerSecond));

    /// <summary>Cost of a day.</summary>
    public double CostPerDay => (ScorerHoursPerDay * ScorerPerHour) + (SlidesPerDay * OperationsOfSlide / 10_000 * PerTenThousandOperations);

    /// <summary>Slides a day at which the first documented limit of one storage account is met.</summary>
    public double FirstLimit => SlidesPerDay / Math.Max(EntitiesPerSecond / AccountEntitiesPerSecond, MessagesPerSecond / QueueMessagesPerSecond);

    /// <summary>The fewest runs that so many messages under way can be of, where many slides wait: messages come in order, a slide's one after another.</summary>
    public int RunsOf(int messages) => (messages + Batches - 1) / Math.Max(1, Batches);

    /// <summary>True where another scorer does the same for less.</summary>
    public bool IsDearerThan(ScalingPlan other) => CostPerDay > other.CostPerDay;
}
