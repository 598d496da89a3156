using System.Globalization;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Isolation;

namespace IdcFunctions.Bench.Tiling;

/// <summary>What tiling takes of slides on local disk, with the decoder in a process of its own as in the function app.</summary>
internal static class Reading
{
    private const int Rounds = 5;

    /// <summary>How every program here tiles.</summary>
    public static TilingRequest Request(string slide) => new(Path.GetFileName(slide), null, 4, 50, 50, null, false, "box", new TilingOptions().MinTissueFraction);

    /// <summary>Tiles each slide five times and prints a row for it.</summary>
    public static async Task RunAsync(IEnumerable<string> slides)
    {
        Console.WriteLine("| slide | bytes | level read | patches | GETs | bytes read | share of the file | best of five, s | decoder idle, MB | peak above idle, MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var slide in slides)
        {
            using var decoders = new SlideDecoders(new DecoderOptions(), TimeProvider.System);

            // Starts the decoder and loads libvips: what it holds now is its idle.
            await decoders.ReasonAgainstMaskAsync([], "none", null, CancellationToken.None);
            var decoder = ProcessMemory.OnlyChild();
            var idle = ProcessMemory.NowMegabytes(decoder);
            try
            {
                Console.WriteLine(await MeasureAsync(decoders, slide) + string.Create(CultureInfo.InvariantCulture, $" {idle:0} | {ProcessMemory.PeakMegabytes(decoder) - idle:0} |"));
            }
            catch (SlideRefusedException refused)
            {
                Console.WriteLine($"| {Path.GetFileName(slide)} | {refused.Failure.Reason} |");
            }
        }
    }

    private static async Task<string> MeasureAsync(SlideDecoders decoders, string slide)
    {
        var best = TimeSpan.MaxValue;
        var line = "";
        for (var round = 0; round < Rounds; round++)
        {
            var source = new CountedFile(slide);
            var started = TimeProvider.System.GetTimestamp();
            var tiled = await decoders.TileAsync(source, Request(slide), (_, _, _) => ValueTask.CompletedTask, CancellationToken.None);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            best = elapsed < best ? elapsed : best;
            line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {Path.GetFileName(slide)} | {source.Length} | {tiled.Properties.LevelWidth} × {tiled.Properties.LevelHeight} | {tiled.TissueCells.Length} | {source.Reads} | {source.BytesRead} | {(double)source.BytesRead / source.Length:0.00 %} |");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{line} {best.TotalSeconds:0.00} |");
    }
}
