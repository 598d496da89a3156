using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling;
using IdcFunctions.Training.Data;
using NetVips;

namespace IdcFunctions.Bench.Tissue;

/// <summary>Where the limit of sharpness comes from.</summary>
internal static class Sharpness
{
    private const double LittleTissue = 0.5;

    /// <summary>Every 29th patch is smoothed: 29 is prime to the order of cases and columns.</summary>
    private const int Every = 29;

    /// <summary>Prints quantiles of the training patches that are at least half tissue, and the share flagged once smoothed.</summary>
    public static void Print(PatchDataset data, TilingOptions options)
    {
        var rules = options.ToRules();
        var patches = Enumerable.Range(0, data.Patches.Count)
            .Select(i => data.Pixels.AsMemory(i * PatchDataset.PatchBytes, PatchDataset.PatchBytes))
            .Where(patch => TissueOf(patch.Span, rules) >= LittleTissue)
            .ToList();
        var sharpness = patches.Select(patch => PatchSharpness.Measure(patch.Span, PatchDataset.Side)).Order().ToList();
        Console.WriteLine($"sharpness of {patches.Count} training patches: quantiles 0.1 % {At(0.001):0}, 0.5 % {At(0.005):0}, 5 % {At(0.05):0}, 50 % {At(0.5):0}; below {rules.BlurredBelow}: {(double)sharpness.Count(value => value < rules.BlurredBelow) / sharpness.Count:0.00 %}");
        foreach (var sigma in new[] { 1, 1.5, 2 })
        {
            var sample = patches.Where((_, i) => i % Every == 0).ToList();
            var flagged = sample.Count(patch => PatchSharpness.Measure(Smoothed(patch, sigma), PatchDataset.Side) < rules.BlurredBelow);
            Console.WriteLine($"  smoothed by a Gaussian of {sigma} px ({sigma * 4} µm): {(double)flagged / sample.Count:0 %} flagged");
        }

        Console.WriteLine();

        double At(double quantile) => sharpness[(int)(quantile * sharpness.Count)];
    }

    private static double TissueOf(ReadOnlySpan<byte> patch, TissueRules rules)
    {
        var tissue = 0;
        for (var at = 0; at < patch.Length; at += 3)
        {
            tissue += rules.KindOf(patch[at], patch[at + 1], patch[at + 2]) == PixelKind.Tissue ? 1 : 0;
        }

        return 3.0 * tissue / patch.Length;
    }

    private static byte[] Smoothed(ReadOnlyMemory<byte> patch, double sigma)
    {
        using var image = Image.NewFromMemory(patch.ToArray(), PatchDataset.Side, PatchDataset.Side, 3, Enums.BandFormat.Uchar);
        using var smooth = image.Gaussblur(sigma);
        return smooth.WriteToMemory<byte>();
    }
}
