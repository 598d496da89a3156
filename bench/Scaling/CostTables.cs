using System.Globalization;
using System.Text;

namespace IdcFunctions.Bench.Scaling;

/// <summary>The tables of docs/cost.md.</summary>
public static class CostTables
{
    /// <summary>Patches a second of an app replica of 4 vCPU, fp32: an estimate; 2 cores reached 417 (docs/MEASUREMENTS.md).</summary>
    public const double CpuPatchesPerSecond = 600;

    /// <summary>Patches a second of a GPU: assumed, not measured.</summary>
    public const double GpuPatchesPerSecond = 10_000;

    /// <summary>Hours of one training: assumed, not measured.</summary>
    public const double TrainingHours = 2;

    /// <summary>Writes them.</summary>
    public static string Write(AzurePrices prices)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"Prices of {prices.Date:yyyy-MM-dd} in {prices.Currency}. {prices.Note}");
        Line($"");
        Line($"| a month with | compute | storage of its slides | operations | events, logs, registry | total | a slide |");
        Line($"|---|---|---|---|---|---|---|");
        foreach (var slides in new[] { 0, 100, 10_000 })
        {
            var month = new MonthlyCost(prices, slides, CpuPatchesPerSecond);
            var name = slides == 0 ? "nothing to do" : $"{slides.ToString("N0", CultureInfo.InvariantCulture)} slides a day";
            var each = slides == 0 ? "" : (month.Total / month.Slides).ToString("0.0000", CultureInfo.InvariantCulture);
            Line($"| {name} | {month.Compute:0.00} | {month.Storage:0.00} | {month.Operations:0.00} | {month.Rest:0.00} | {month.Total:0.00} | {each} |");
        }

        Line($"");
        Line($"| one training run of {TrainingHours:0} hours on | cost |");
        Line($"|---|---|");
        foreach (var (hardware, price) in prices.GpuSecond.OrderBy(pair => pair.Value))
        {
            Line($"| {hardware} | {TrainingHours * 3600 * price:0.00} |");
        }

        Line($"");
        Line($"| scoring on | 1,000 slides | each start of a replica | slides a start from which it is cheaper than the CPU |");
        Line($"|---|---|---|---|");
        foreach (var hardware in prices.GpuSecond.OrderBy(pair => pair.Value).Select(pair => pair.Key))
        {
            var even = new GpuBreakEven(prices, hardware, GpuPatchesPerSecond, CpuPatchesPerSecond);
            if (hardware == prices.GpuSecond.MinBy(pair => pair.Value).Key)
            {
                Line($"| Cpu | {even.CpuPerThousandSlides:0.000} | 0.000 | |");
            }

            var from = double.IsPositiveInfinity(even.SlidesPerStart) ? "never" : Math.Ceiling(even.SlidesPerStart).ToString("0", CultureInfo.InvariantCulture);
            Line($"| {hardware} | {even.GpuPerThousandSlides:0.000} | {even.Start:0.000} | {from} |");
        }

        return text.ToString();
    }
}
