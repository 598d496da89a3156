using System.Globalization;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Isolation;

namespace IdcFunctions.Bench.Tiling;

/// <summary>Slides of three formats with damaged bytes: each must end in a result or a reason, and take nothing else down.</summary>
internal static class Mutations
{
    private static readonly TimeSpan HangAfter = TimeSpan.FromSeconds(30);

    /// <summary>Tiles mutated slides and prints how they ended.</summary>
    public static async Task<bool> RunAsync(int count)
    {
        var slide = SyntheticSlide.OfTissue(900, 700, 1, 3);
        (string Name, byte[] Intact)[] formats =
        [
            ("aperio.svs", TiffBytes.Write(new SyntheticTiff { Compression = TiffCompression.Jpeg, Downsamples = [1, 4], TileSide = 64, Description = SyntheticTiff.Aperio(1) }.Pages(slide), isInterleaved: true)),
            ("ome.tif", new SyntheticTiff { IsBig = true, HasSubImages = true, Downsamples = [1, 4], TileSide = 64, Description = SyntheticTiff.Ome(1, 1) }.Encode(slide)),
            ("picture.jpg", slide.ToJpeg()),
        ];
        using var decoders = new SlideDecoders(new DecoderOptions { MostTime = HangAfter }, TimeProvider.System);
        var random = new Random(4);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var peak = 0.0;
        for (var i = 0; i < count; i++)
        {
            var (name, intact) = formats[i % formats.Length];
            var end = await EndAsync(decoders, name, Mutate(intact, random));
            ends[end] = ends.GetValueOrDefault(end) + 1;
            peak = Math.Max(peak, end == "crashed" ? 0 : ProcessMemory.PeakMegabytes(ProcessMemory.OnlyChild()));
        }

        foreach (var (end, times) in ends)
        {
            Console.WriteLine($"{times,6} {end}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of the decoder: {peak:0} MB"));
        return !ends.ContainsKey("crashed");
    }

    private static async Task<string> EndAsync(SlideDecoders decoders, string name, byte[] content)
    {
        try
        {
            var request = Reading.Request(name) with { SpacingOverrideUmPx = name.EndsWith(".jpg", StringComparison.Ordinal) ? 1 : null };
            await decoders.TileAsync(new MemoryRangeSource(content), request, (_, _, _) => ValueTask.CompletedTask, CancellationToken.None);
            return "tiled";
        }
        catch (SlideRefusedException refused)
        {
            return refused.Failure.Code;
        }
        catch (DecoderCrashedException crashed)
        {
            Console.WriteLine(crashed.Message);
            return "crashed";
        }
    }

    /// <summary>Flips bits, cuts the end off, overwrites or repeats a stretch.</summary>
    private static byte[] Mutate(byte[] intact, Random random)
    {
        var mutated = (byte[])intact.Clone();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            // Half of the changes hit the last bytes, where the directories of two of the formats are.
            var at = random.Next(2) == 0 ? random.Next(mutated.Length) : Math.Max(0, mutated.Length - 1 - random.Next(2000));
            var length = Math.Min(random.Next(1, 64), mutated.Length - at);
            switch (random.Next(6))
            {
                case 0 when at > 16:
                    Array.Resize(ref mutated, at);
                    break;
                case 1:
                    random.NextBytes(mutated.AsSpan(at, length));
                    break;
                case 2:
                    mutated.AsSpan(at, length).Fill(0xFF);
                    break;
                case 3:
                    mutated.AsSpan(random.Next(mutated.Length - length + 1), length).CopyTo(mutated.AsSpan(at, length));
                    break;
                default:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return mutated;
    }
}
