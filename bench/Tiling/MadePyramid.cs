using IdcFunctions.Fixtures;
using NetVips;

namespace IdcFunctions.Bench.Tiling;

/// <summary>A made 40× slide: tissue-like noise in H&amp;E's colours on glass, a pyramid of JPEG tiles of 256 px at 0.25 µm/px.</summary>
internal static class MadePyramid
{
    private const double SpacingUmPx = 0.25;
    private const int Seed = 8867;

    /// <summary>Makes the slide as libvips lays pyramids out, a level for each halving; once for each size, in the temporary folder.</summary>
    public static string MakeLibvips(int width, int height)
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

    /// <summary>The same pixels without a pyramid.</summary>
    public static string MakeFlat(int width, int height)
    {
        var path = Path.Combine(Path.GetTempPath(), $"idc-bench-{width}x{height}-flat.tif");
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, TiffBytes.Write([TiffPage.ReadAll(File.ReadAllBytes(MakeLibvips(width, height)))[0]], isBig: true));
        }

        return path;
    }

    /// <summary>The same pixels as Aperio's scanners lay them out: levels 1×, 4× and 16×, a thumbnail behind the first, label and macro at the end.</summary>
    public static string MakeAperio(int width, int height)
    {
        var path = Path.Combine(Path.GetTempPath(), $"idc-bench-{width}x{height}.svs");
        if (File.Exists(path))
        {
            return path;
        }

        var levels = TiffPage.ReadAll(File.ReadAllBytes(MakeLibvips(width, height)));
        var striped = new SyntheticTiff { Downsamples = [1], IsStriped = true, Compression = TiffCompression.Jpeg };
        var thumbnail = striped.Pages(SyntheticSlide.OfTissue(1024, 768, 60, 1))[0];
        var label = (striped with { Compression = TiffCompression.None, Description = "Aperio \nlabel 387x463" }).Pages(SyntheticSlide.OfTissue(387, 463, 60, 2))[0].With(new TiffEntry(254, 4, 1));
        var macro = (striped with { Description = "Aperio \nmacro 1280x431" }).Pages(SyntheticSlide.OfTissue(1280, 431, 60, 3))[0].With(new TiffEntry(254, 4, 9));
        var first = levels[0].With(TiffEntry.Text(270, SyntheticTiff.Aperio(SpacingUmPx)));
        TiffPage[] pages = [first, thumbnail, levels[2].With(new TiffEntry(254, 4, 0)), levels[4].With(new TiffEntry(254, 4, 0)), label, macro];
        var unfinished = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(unfinished, TiffBytes.Write(pages, isBig: true, isInterleaved: true));
        File.Move(unfinished, path);
        return path;
    }
}
