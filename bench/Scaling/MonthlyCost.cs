namespace IdcFunctions.Bench.Scaling;

/// <summary>
/// What a month of the deployment in infra/bicep costs at so many slides a day: an app replica that always stays, busy while
/// slides are worked on; storage of that month's slides; messages, events, logs, registry.
/// </summary>
/// <param name="Prices">The price list.</param>
/// <param name="SlidesPerDay">Slides dropped a day.</param>
/// <param name="PatchesPerSecond">What an app replica, 4 vCPU, scores.</param>
public sealed record MonthlyCost(AzurePrices Prices, double SlidesPerDay, double PatchesPerSecond)
{
    /// <summary>Seconds of a replica on a slide beside scoring: reading, tiling, completing.</summary>
    public const double SecondsBesideScoring = 4;

    /// <summary>A slide's gigabytes in storage, and of its patches, results and rows.</summary>
    public const double SlideGigabytes = 0.5, ResultGigabytes = 0.01, RowGigabytes = 0.0005;

    /// <summary>Log lines, traces and metrics: of an idle day, and of a slide.</summary>
    public const double IdleLogGigabytesPerDay = 0.02, LogGigabytesPerSlide = 0.00002;

    private const double DaysPerMonth = 30, SecondsPerMonth = DaysPerMonth * 86_400;

    /// <summary>What a month without slides asks of queues: six are looked into twice a second (maxPollingInterval), and by each sweep.</summary>
    private const double IdleOperationsPerMonth = (SecondsPerMonth * 2 * 6) + (DaysPerMonth * 288 * 40);

    private ScalingPlan Plan => new(SlidesPerDay, 995, 8, PatchesPerSecond, 0, 0);

    /// <summary>Slides of the month.</summary>
    public double Slides => SlidesPerDay * DaysPerMonth;

    /// <summary>Seconds of a replica on a slide. Slides come evenly, one at a time, so that its rows have one partition.</summary>
    private double SecondsOfSlide => SecondsBesideScoring + (Plan.PatchesPerSlide / Plan.RowsPerSecond);

    /// <summary>Seconds that replicas are busy, all together.</summary>
    public double BusySeconds => Slides * SecondsOfSlide;

    /// <summary>Replicas that are busy on average, at least the one that stays.</summary>
    public double Replicas => Math.Max(1, BusySeconds / SecondsPerMonth);

    /// <summary>Slides a day for which the replica that stays has the time, where they come evenly.</summary>
    public double SlidesOfOneReplica => SecondsPerMonth / DaysPerMonth / SecondsOfSlide;

    /// <summary>Replicas, busy and waiting.</summary>
    public double Compute => Replicas * SecondsPerMonth * ReplicaSize.PerSecond(Prices, "Cpu");

    /// <summary>A month of that month's slides, results and rows.</summary>
    public double Storage => Slides * (((SlideGigabytes + ResultGigabytes) * Prices.BlobGigabyteMonth) + (RowGigabytes * Prices.TableGigabyteMonth));

    /// <summary>Storage operations: of the slides, and those of polling and sweeping.</summary>
    public double Operations => ((Slides * Plan.OperationsOfSlide * Prices.PerTenThousandOperations) + (IdleOperationsPerMonth * Prices.PerTenThousandQueueOperations)) / 10_000;

    /// <summary>Events, logs and registry.</summary>
    public double Rest =>
        (Slides / 1_000_000 * Prices.PerMillionEvents)
        + (((DaysPerMonth * IdleLogGigabytesPerDay) + (Slides * LogGigabytesPerSlide)) * Prices.LogGigabyte)
        + Prices.RegistryMonth;

    /// <summary>All of it.</summary>
    public double Total => Compute + Storage + Operations + Rest;
}
