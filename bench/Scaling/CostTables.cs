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
        Line($"| scoring on | patches/s | 1,000 slides | each start of a replica | slides a start from which it is cheaper than the CPU in fp32 | than in int8 |");
        Line($"|---|---|---|---|---|---|");
        foreach (var (name, rate) in new[] { ("Cpu, fp32", ScorerRates.InFp32), ("Cpu, int8", ScorerRates.InInt8) })
        {
            Line($"| {name} | {rate:N0} | {new GpuBreakEven(prices, gpus[0], ScorerRates.Gpu, rate).CpuPerThousandSlides:0.000} | 0.000 | | |");
        }

        foreach (var hardware in gpus)
        {
            var fp32 = new GpuBreakEven(prices, hardware, ScorerRates.Gpu, ScorerRates.InFp32);
            Line($"| {hardware} | {ScorerRates.Gpu:N0} | {fp32.GpuPerThousandSlides:0.000} | {fp32.Start:0.000} | {From(fp32)} | {From(fp32 with { CpuPatchesPerSecond = ScorerRates.InInt8 })} |");
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

    private static string From(GpuBreakEven even) =>
        double.IsPositiveInfinity(even.SlidesPerStart) ? "never" : Math.Ceiling(even.SlidesPerStart).ToString("N0", CultureInfo.InvariantCulture);
}
