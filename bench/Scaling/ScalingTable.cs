using System.Globalization;
using System.Text;

namespace IdcFunctions.Bench.Scaling;

/// <summary>The table of docs/scaling.md.</summary>
public static class ScalingTable
{
    /// <summary>Messages that the host has under way in a replica: batchSize and newBatchThreshold of host.json, and of infra/bicep/main.bicep for a GPU.</summary>
    public const int MessagesOfCpu = 4 + 3, MessagesOfGpu = 16 + 8;

    /// <summary>Writes it for scorers of these rates, prices an hour, and a price of 10,000 storage operations.</summary>
    public static string Write(double cpuPatchesPerSecond, double cpuPerHour, double gpuPatchesPerSecond, double gpuPerHour, double perTenThousandOperations)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"| slides a day | operations a day | entities/s | partitions | CPU scorers | GPU scorers | GPU hours a day | CPU cost a day | GPU cost a day |");
        Line($"|---|---|---|---|---|---|---|---|---|");
        foreach (var slides in new[] { 100, 1_000, 10_000, 100_000, 1_000_000 })
        {
            var cpu = new ScalingPlan(slides, 995, 8, cpuPatchesPerSecond, cpuPerHour, perTenThousandOperations);
            cpu = cpu with { RunsAtOnce = cpu.RunsOf(MessagesOfCpu) };
            var gpu = cpu with { PatchesPerSecond = gpuPatchesPerSecond, ScorerPerHour = gpuPerHour, RunsAtOnce = cpu.RunsOf(MessagesOfGpu) };
            Line($"| {slides:N0} | {(double)slides * cpu.OperationsOfSlide:N0} | {cpu.EntitiesPerSecond:0.0} | {cpu.Partitions} | {cpu.Scorers} | {gpu.Scorers} | {gpu.ScorerHoursPerDay:0.00} | {cpu.CostPerDay:0.00} | {gpu.CostPerDay:0.00} |");
        }

        Line($"");
        var alone = new ScalingPlan(1, 995, 8, gpuPatchesPerSecond, 0, 0);
        Line($"A slide alone becomes rows at {alone.RowsPerSecond:N0} patches/s on a GPU that scores {gpuPatchesPerSecond:N0}, and at {(alone with { PatchesPerSecond = cpuPatchesPerSecond }).RowsPerSecond:N0} on a CPU.");
        Line($"One account's first limit is met at {alone.FirstLimit:N0} slides a day.");
        return text.ToString();
    }
}
