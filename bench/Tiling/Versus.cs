using System.Diagnostics;
using System.Globalization;
using IdcFunctions.Tiling.Isolation;

namespace IdcFunctions.Bench.Tiling;

/// <summary>The same patches cut by OpenSlide through its Python binding, in alternating pairs on the same file.</summary>
internal static class Versus
{
    private const int Pairs = 5;

    /// <summary>Prints both times of each pair and the median of their ratio.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="level">From which level OpenSlide reads: <c>best</c>, or 0 as the usual tools do.</param>
    public static async Task RunAsync(string slide, string level)
    {
        using var decoders = new SlideDecoders(new DecoderOptions(), TimeProvider.System);
        await OursAsync(decoders, slide);
        var ratios = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var (ours, patches) = await OursAsync(decoders, slide);
            var theirs = await TheirsAsync(slide, level);
            ratios.Add(theirs.Seconds / ours);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours {ours:0.000} s, {patches} patches; OpenSlide, level {level}: {theirs.Seconds:0.000} s, {theirs.Patches} patches"));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"OpenSlide takes {ratios[Pairs / 2]:0.0} times as long ({ratios[0]:0.0} to {ratios[^1]:0.0})"));
    }

    private static async Task<(double Seconds, int Patches)> OursAsync(SlideDecoders decoders, string slide)
    {
        var source = new CountedFile(slide);
        var started = TimeProvider.System.GetTimestamp();
        var tiled = await decoders.TileAsync(source, Reading.Request(slide), (_, _, _) => ValueTask.CompletedTask, CancellationToken.None);
        return (TimeProvider.System.GetElapsedTime(started).TotalSeconds, tiled.TissueCells.Length);
    }

    /// <summary>The script prints its own seconds: Python's start is not counted.</summary>
    private static async Task<(double Seconds, int Patches)> TheirsAsync(string slide, string level)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "openslide_patches.py"), slide, level]) { RedirectStandardOutput = true })!;
        var words = (await python.StandardOutput.ReadToEndAsync()).Split(' ');
        await python.WaitForExitAsync();
        return (double.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
    }
}
