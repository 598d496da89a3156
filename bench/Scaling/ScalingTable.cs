using System.Globalization;
using System.Text;

namespace IdcFunctions.Bench.Scaling;

/// <summary>The table of docs/scaling.md.</summary>
public static class ScalingTable
{
    /// <summary>Writes it for scorers of these rates, prices an hour, and a price of 10,000 storage operations.</summary>
    public static string Write(double cpuPatchesPerSecond, double cpuPerHour, double gpuPatchesPerSecond, double gpuPerHour, double perTenThousandOperations)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"| slides a day | operations a day | entities/s | CPU scorers | GPU scorers | CPU cost a day | GPU cost a day |");
        Line($"|---|---|---|---|---|---|---|");
        foreach (var slides in new[] { 100, 1_000, 10_000, 100_000, 1_000_000 })
        {
            var cpu = new ScalingPlan(slides, 995, 8, cpuPatchesPerSecond, cpuPerHour, perTenThousandOperations);
            var gpu = cpu with { PatchesPerSecond = gpuPatchesPerSecond, ScorerPerHour = gpuPerHour };
            Line($"| {slides:N0} | {(double)slides * cpu.OperationsOfSlide:N0} | {cpu.EntitiesPerSecond:0.0} | {cpu.Scorers} | {gpu.Scorers} | {cpu.CostPerDay:0.00} | {gpu.CostPerDay:0.00} |");
        }

        Line($"");
        Line($"One account's first limit is met at {new ScalingPlan(1, 995, 8, 1, 0, 0).FirstLimit:N0} slides a day.");
        return text.ToString();
    }
}
