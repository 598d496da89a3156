using System.Globalization;
using System.Text;

namespace IdcFunctions.Bench.Scaling;

/// <summary>The tables of docs/cost.md.</summary>
public static class CostTables
{
    /// <summary>Writes them.</summary>
    public static string Write(AzurePrices prices)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        var gpus = prices.GpuSecond.OrderBy(pair => pair.Value).Select(pair => pair.Key).ToList();

        Line($"Prices in {prices.Currency}, entered on {prices.Date:yyyy-MM-dd}. {prices.Note}");
        Line($"");
        Line($"| a month with | compute | storage of its slides | operations | events, logs, registry | total | a slide |");
        Line($"|---|---|---|---|---|---|---|");
        foreach (var slides in new[] { 0, 100, 10_000 })
        {
            var month = new MonthlyCost(prices, slides, ScorerRates.InFp32);
            var name = slides == 0 ? "nothing to do" : $"{slides.ToString("N0", CultureInfo.InvariantCulture)} slides a day";
            var each = slides == 0 ? "" : (month.Total / month.Slides).ToString("0.0000", CultureInfo.InvariantCulture);
            Line($"| {name} | {month.Compute:0.00} | {month.Storage:0.00} | {month.Operations:0.00} | {month.Rest:0.00} | {month.Total:0.00} | {each} |");
        }

        Line($"");
        text.Append(Training(prices));
        Line($"");
        Line($"| scoring on | patches/s | into rows, a slide alone | into rows, many slides | 1,000 slides | each start of a replica | slides a start from which it is cheaper than the CPU in fp32 | than in int8 |");
        Line($"|---|---|---|---|---|---|---|---|");
        var (fp32, int8, gpu) = (RowsOf(ScorerRates.InFp32, ScalingTable.MessagesOfCpu), RowsOf(ScorerRates.InInt8, ScalingTable.MessagesOfCpu), RowsOf(ScorerRates.Gpu, ScalingTable.MessagesOfGpu));
        foreach (var (name, rate, rows) in new[] { ("Cpu, fp32", ScorerRates.InFp32, fp32), ("Cpu, int8", ScorerRates.InInt8, int8) })
        {
            Line($"| {name} | {rate:N0} | {rows.Alone} | {rows.Many} | {new GpuBreakEven(prices, gpus[0], gpu.Rate, rows.Rate).CpuPerThousandSlides:0.000} | 0.000 | | |");
        }

        foreach (var hardware in gpus)
        {
            var beside = new GpuBreakEven(prices, hardware, gpu.Rate, fp32.Rate);
            Line($"| {hardware} | {ScorerRates.Gpu:N0} | {gpu.Alone} | {gpu.Many} | {beside.GpuPerThousandSlides:0.000} | {beside.Start:0.000} | {From(beside)} | {From(beside with { CpuPatchesPerSecond = int8.Rate })} |");
        }

        Line($"");
        Line($"The replica that always stays has time for {new MonthlyCost(prices, 0, ScorerRates.InFp32).SlidesOfOneReplica:N0} slides a day in fp32 and {new MonthlyCost(prices, 0, ScorerRates.InInt8).SlidesOfOneReplica:N0} in int8, where they come evenly.");
        return text.ToString();
    }

    /// <summary>The plan of a full-size training, which docs/training.md shows too.</summary>
    public static string Training(AzurePrices prices)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"| {TrainingTime.Patches:N0} patches, {TrainingTime.Epochs:0} epochs, on | patches/s | hours of intake | of training | of evaluation | in all | an hour | cost |");
        Line($"|---|---|---|---|---|---|---|---|");
        foreach (var time in TrainingTime.Plan(prices))
        {
            Line($"| {time.Machine} | {time.PatchesPerSecond:N0} ({time.Source}) | {TrainingTime.IntakeHours:0.00} | {time.TrainingHours:0.00} | {time.EvaluationHours:0.00} | {time.Hours:0.00} | {time.PerHour:0.00} | {time.Hours * time.PerHour:0.00} |");
        }

        Line($"| the article's, a K80 | | | | | 2 | 0.90 | 1.80 |");
        return text.ToString();
    }

    /// <summary>What a scorer of a rate brings into rows, where slides come alone and where many wait, in words and, of the latter, as a number.</summary>
    private static (string Alone, string Many, double Rate) RowsOf(double patchesPerSecond, int messages)
    {
        var alone = new ScalingPlan(1, 995, 8, patchesPerSecond, 0, 0);
        var many = alone with { RunsAtOnce = alone.RunsOf(messages) };
        return (Describe(alone), Describe(many), many.RowsPerSecond);
    }

    private static string Describe(ScalingPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{plan.RowsPerSecond:N0} ({(plan.IsBoundByPartitions ? "the partition binds" : "the scorer binds")}; {plan.RunsAtOnce} {(plan.RunsAtOnce == 1 ? "partition takes" : "partitions take")} {plan.RunsAtOnce * ScalingPlan.PartitionEntitiesPerSecond:N0})");

    private static string From(GpuBreakEven even) =>
        double.IsPositiveInfinity(even.SlidesPerStart) ? "never" : Math.Ceiling(even.SlidesPerStart).ToString("N0", CultureInfo.InvariantCulture);
}
