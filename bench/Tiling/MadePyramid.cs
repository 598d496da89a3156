using NetVips;

namespace IdcFunctions.Bench.Tiling;

/// <summary>A made 40× slide: tissue-like noise in H&amp;E's colours on glass, a libvips pyramid of JPEG tiles at 0.25 µm/px.</summary>
internal static class MadePyramid
{
    private const double SpacingUmPx = 0.25;
    private const int Seed = 8867;

    /// <summary>Makes the slide in the temporary folder, once for each size.</summary>
    public static string Make(int width, int height)
    {
        var path = Path.Combine(Path.GetTempPath(), $"idc-bench-{width}x{height}.tif");
        if (File.Exists(path))
        {
            return path;
        }

        // Coarse noise places pieces of tissue, fine noise its nuclei.
        using var pieces = Image.Perlin(width, height, cellSize: Math.Max(width, height) / 6, seed: Seed);
        using var nuclei = Image.Perlin(width, height, cellSize: 40, seed: Seed + 1);
        using var grain = Image.Gaussnoise(width, height, sigma: 6, mean: 0, seed: Seed + 2);
        using var stain = (nuclei.Linear([-30.0], [0.0]) + grain).Bandjoin([nuclei.Linear([-45.0], [0.0]) + grain, nuclei.Linear([-22.0], [0.0]) + grain]);
        using var tissue = stain + new double[] { 205, 150, 190 };
        using var isTissue = pieces > 0.05;
        using var slide = isTissue.Ifthenelse(tissue, new double[] { 244, 243, 246 }).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        var unfinished = $"{path}.{Environment.ProcessId}";
        slide.Tiffsave(
            unfinished, compression: Enums.ForeignTiffCompression.Jpeg, q: 80, tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, bigtiff: true, xres: 1000 / SpacingUmPx, yres: 1000 / SpacingUmPx);
        File.Move(unfinished, path);
        return path;
    }
}
