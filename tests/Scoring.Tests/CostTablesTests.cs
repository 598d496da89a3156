using System.Globalization;
using IdcFunctions.Bench.Scaling;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Scoring.Tests;

public sealed class CostTablesTests
{
    private static readonly AzurePrices Prices = AzurePrices.Read(File.ReadAllText(Path.Combine(Repository.Root, "bench", "Scaling", "prices.json")));

    [Fact]
    public void The_cost_page_shows_what_the_calculator_says_for_its_price_list() =>
        Assert.Contains(CostTables.Write(Prices), File.ReadAllText(Path.Combine(Repository.Root, "docs", "cost.md")), StringComparison.Ordinal);

    [Fact]
    public void The_training_page_shows_the_same_plan_of_a_full_size_training_as_the_cost_page()
    {
        var plan = CostTables.Training(Prices);

        Assert.Contains(plan, File.ReadAllText(Path.Combine(Repository.Root, "docs", "training.md")), StringComparison.Ordinal);
        Assert.Contains(plan, CostTables.Write(Prices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_is_planned_from_the_rates_that_were_measured_and_every_other_rate_is_called_a_guess()
    {
        var measurements = File.ReadAllText(Path.Combine(Repository.Root, "docs", "MEASUREMENTS.md"));
        var plan = TrainingTime.Plan(Prices);

        Assert.Contains($"| float32 | {TrainingTime.Fp32OfTwoCores} (", measurements, StringComparison.Ordinal);
        Assert.Contains($"| mixed | {TrainingTime.MixedOfTwoCores} (", measurements, StringComparison.Ordinal);
        Assert.Equal([TrainingTime.Fp32OfTwoCores, TrainingTime.MixedOfTwoCores], plan.Where(time => time.Source == "measured").Select(time => time.PatchesPerSecond));
        Assert.All(plan.Where(time => time.Source != "measured"), time => Assert.StartsWith("guess: ", time.Source, StringComparison.Ordinal));
        Assert.DoesNotContain("T4, mixed", CostTables.Training(Prices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_counts_intake_every_epochs_patches_and_a_last_evaluation()
    {
        var time = new TrainingTime("m", 100, "guess: even", 1);

        Assert.Equal(((12 * 277_524.0) + (0.2 * 277_524)) / 100 / 3600, time.TrainingHours + time.EvaluationHours, 1e-9);
        Assert.Equal(277_524.0 / TrainingTime.IntakePatches / 3600, time.Hours - time.TrainingHours - time.EvaluationHours, 1e-9);
    }

    [Fact]
    public void The_scaling_page_shows_what_the_calculator_says_for_the_same_rates_and_prices() => Assert.Contains(
        ScalingTable.Write(
            ScorerRates.InFp32,
            3600 * ReplicaSize.PerSecond(Prices, "Cpu"),
            ScorerRates.Gpu,
            3600 * ReplicaSize.PerSecond(Prices, "GpuT4"),
            Prices.PerTenThousandOperations),
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "scaling.md")),
        StringComparison.Ordinal);

    [Fact]
    public void A_cpu_scorers_rate_is_the_measured_one_times_its_vcpus_over_the_two_cores_that_were_measured()
    {
        var measurements = File.ReadAllText(Path.Combine(Repository.Root, "docs", "MEASUREMENTS.md"));

        Assert.Contains($"| 2 | {ScorerRates.Fp32OfTwoCores} | {ScorerRates.Int8OfTwoCores.ToString("N0", CultureInfo.InvariantCulture)} |", measurements, StringComparison.Ordinal);
        Assert.Equal((834, 2592), (ScorerRates.InFp32, ScorerRates.InInt8));
    }

    [Fact]
    public void A_replica_has_the_size_that_the_template_gives_it()
    {
        var template = File.ReadAllText(Path.Combine(Repository.Root, "infra", "bicep", "types.bicep"));

        Assert.All(ReplicaSize.Of, size => Assert.Matches($@"(?m)^  {size.Key}: .*cpu: '{size.Value.Vcpus}\.0', memory: '{size.Value.Gibibytes}Gi'", template));
    }

    [Fact]
    public void A_replicas_messages_are_those_that_host_and_template_let_it_have()
    {
        Assert.Matches($@"""batchSize"": {ScalingTable.MessagesOfCpu - 3},\s+""newBatchThreshold"": 3", File.ReadAllText(Path.Combine(Repository.Root, "host.json")));
        Assert.Matches($@"queues__batchSize', value: '{ScalingTable.MessagesOfGpu - 8}' }}\s+{{ name: '\w+__newBatchThreshold', value: '8'", File.ReadAllText(Path.Combine(Repository.Root, "infra", "bicep", "main.bicep")));
    }

    [Fact]
    public void A_gpu_is_paid_beside_the_vcpus_and_the_memory_of_its_replica() =>
        Assert.Equal(Prices.GpuSecond["GpuT4"] + (8 * Prices.VcpuSecond) + (56 * Prices.GibSecond), ReplicaSize.PerSecond(Prices, "GpuT4"), 1e-12);

    [Fact]
    public void The_replica_that_stays_has_time_for_a_days_seconds_over_those_of_a_slide() =>
        Assert.Equal(86_400 / (4 + 1.0), new MonthlyCost(Prices, 0, 995).SlidesOfOneReplica, 1e-9);

    [Fact]
    public void A_slide_that_comes_alone_becomes_rows_no_faster_than_its_partition_takes_them()
    {
        Assert.Equal(86_400 / (4 + (995 / 2_000.0)), new MonthlyCost(Prices, 0, ScorerRates.InInt8).SlidesOfOneReplica, 1e-9);
        Assert.Contains("| Cpu, int8 | 2,592 | 2,000 (the partition binds; ", CostTables.Write(Prices), StringComparison.Ordinal);
    }

    [Fact]
    public void An_idle_month_is_the_replica_that_stays_and_what_is_paid_anyway()
    {
        var idle = new MonthlyCost(Prices, 0, 600);

        Assert.Equal((0, 1.0), (idle.BusySeconds, idle.Replicas));
        Assert.Equal(2_592_000 * ((4 * Prices.VcpuSecond) + (8 * Prices.GibSecond)), idle.Compute, 1e-9);
        Assert.Equal(0, idle.Storage);
    }

    [Fact]
    public void Ten_times_the_slides_store_ten_times_as_much_and_cost_less_a_slide()
    {
        var some = new MonthlyCost(Prices, 100, 600);
        var many = new MonthlyCost(Prices, 1000, 600);

        Assert.Equal(10 * some.Storage, many.Storage, 1e-9);
        Assert.True(many.Total / many.Slides < some.Total / some.Slides);
    }

    [Fact]
    public void Where_one_replica_is_not_enough_no_second_of_it_waits()
    {
        var month = new MonthlyCost(Prices, 86_400, 995);

        Assert.Equal(5, month.Replicas, 1e-9);
        Assert.Equal(month.BusySeconds * ((4 * Prices.VcpuSecond) + (8 * Prices.GibSecond)), month.Compute, 1e-6);
    }

    [Fact]
    public void A_gpu_that_scores_no_faster_for_its_price_is_never_cheaper()
    {
        var slow = new GpuBreakEven(Prices, "GpuT4", 600, 600);
        var fast = slow with { GpuPatchesPerSecond = 100_000 };

        Assert.Equal(double.PositiveInfinity, slow.SlidesPerStart);
        Assert.Equal(fast.CpuPerThousandSlides, fast.GpuPerThousandSlides + (fast.Start * 1000 / fast.SlidesPerStart), 1e-9);
    }

    [Fact]
    public void A_price_list_that_lacks_a_price_is_refused() => Assert.ThrowsAny<System.Text.Json.JsonException>(() => AzurePrices.Read("""{"date":"2025-01-01"}"""));
}
