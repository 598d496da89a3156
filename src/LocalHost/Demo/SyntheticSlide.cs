namespace IdcFunctions.LocalHost.Demo;

/// <summary>
/// A made slide for the demo: a piece of pink tissue with gland-like rings and a few dense, dark nests on glass,
/// 8,000 × 6,000 px at 1 µm/px with a level at 4 µm/px. It is drawn from a seed, so each one is the same.
/// </summary>
public static class SyntheticSlide
{
    private const int Width = 2000;
    private const int Height = 1500;
    private const int Downsample = 4;
    private const double SpacingUmPx = 1;
    private const int Seed = 8867;

    /// <summary>The slide, a pyramidal TIFF.</summary>
    public static byte[] Make()
    {
        var small = Draw(new Random(Seed));
        return TiffPyramid.Write(Enlarge(small), small, SpacingUmPx);
    }

    private static Pixels Draw(Random random)
    {
        var pixels = new Pixels(Width, Height);
        pixels.Fill(244, 243, 246, 2, random);
        var outline = new Blob(Width * 0.5, Height * 0.5, Width * 0.42, Height * 0.40, random);
        var nests = Enumerable.Range(0, 6)
            .Select(_ => new Blob(
                Width * (0.25 + (0.5 * random.NextDouble())),
                Height * (0.28 + (0.44 * random.NextDouble())),
                60 + (110 * random.NextDouble()),
                50 + (90 * random.NextDouble()),
                random))
            .ToList();
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                if (outline.Contains(x, y))
                {
                    var wave = 10 * Math.Sin(x * 0.021) * Math.Cos(y * 0.017);
                    pixels.Put(x, y, 217 + wave, 152 + wave, 190 + (wave / 2), 12, random);
                }
            }
        }

        for (var i = 0; i < 90_000; i++)
        {
            var (x, y) = (random.Next(Width), random.Next(Height));
            var isInNest = nests.Exists(nest => nest.Contains(x, y));
            if (outline.Contains(x, y) && (isInNest || random.NextDouble() < 0.06))
            {
                pixels.Disc(x, y, random.Next(1, isInNest ? 4 : 3), 122, 72, 138, 18, random);
            }
        }

        return pixels;
    }

    private static Pixels Enlarge(Pixels small)
    {
        var large = new Pixels(small.Width * Downsample, small.Height * Downsample);
        for (var y = 0; y < large.Height; y++)
        {
            for (var x = 0; x < large.Width; x++)
            {
                small.At(x / Downsample, y / Downsample).CopyTo(large.At(x, y));
            }
        }

        return large;
    }
}
