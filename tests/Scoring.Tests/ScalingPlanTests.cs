using IdcFunctions.Bench.Scaling;

namespace IdcFunctions.Scoring.Tests;

public sealed class ScalingPlanTests
{
    private static readonly ScalingPlan Mean = new(86_400, 1000, 8, 100, 0.5, 0.01);

    [Fact]
    public void A_thousand_patches_are_four_batches_and_twelve_transactions() =>
        Assert.Equal((4, 40 + 8 + (4 * 11) + (3 * 3) + 3), (Mean.Batches, Mean.OperationsOfSlide));

    [Fact]
    public void A_slide_a_second_needs_as_many_scorers_as_its_patches_take_seconds() =>
        Assert.Equal((10, 240.0, 1008.0), (Mean.Scorers, Mean.ScorerHoursPerDay, Mean.EntitiesPerSecond));

    [Fact]
    public void The_first_limit_is_the_accounts_entities() =>
        Assert.Equal(86_400 * 20_000 / 1008.0, Mean.FirstLimit, 1e-6);

    [Fact]
    public void A_scorer_is_no_faster_than_the_partitions_of_its_runs_take_rows()
    {
        var gpu = Mean with { PatchesPerSecond = 10_000 };

        Assert.Equal((2_000.0, 12.0), (gpu.RowsPerSecond, gpu.ScorerHoursPerDay));
        Assert.Equal((10_000.0, 2.4), ((gpu with { RunsAtOnce = 6 }).RowsPerSecond, (gpu with { RunsAtOnce = 6 }).ScorerHoursPerDay));
        Assert.Equal(100.0, Mean.RowsPerSecond);
        Assert.Equal((true, false, false), (gpu.IsBoundByPartitions, (gpu with { RunsAtOnce = 6 }).IsBoundByPartitions, Mean.IsBoundByPartitions));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(7, 2)]
    [InlineData(24, 6)]
    public void Messages_that_come_in_order_are_of_no_fewer_runs_than_their_batches_fill(int messages, int runs) =>
        Assert.Equal(runs, Mean.RunsOf(messages));

    [Fact]
    public void Rows_are_spread_over_as_many_partitions_as_take_them() =>
        Assert.Equal((1, 3), (Mean.Partitions, (Mean with { SlidesPerDay = 5 * 86_400 }).Partitions));

    [Fact]
    public void A_gpu_is_cheaper_from_the_ratio_of_the_prices_on()
    {
        Assert.True(Mean.IsDearerThan(Mean with { PatchesPerSecond = 1100, ScorerPerHour = 5 }));
        Assert.False(Mean.IsDearerThan(Mean with { PatchesPerSecond = 900, ScorerPerHour = 5 }));
    }

    [Fact]
    public void A_slide_without_tissue_has_no_batch() => Assert.Equal(48, (Mean with { PatchesPerSlide = 0 }).OperationsOfSlide);
}
