using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Tiling.Tests;

/// <summary>Whatever a slide's pixels are, patches are 8-bit RGB on white.</summary>
public sealed class ColourTests
{
    private static readonly SyntheticSlide Slide = SyntheticSlide.OfTissue(200, 150, 4, 71);

    [Fact]
    public async Task Sixteen_bits_become_eight()
    {
        using var image = Slide.ToImage();
        using var sixteen = image.Colourspace(Enums.Interpretation.Rgb16);

        Assert.Equal(Expected(), await CutAsync(sixteen));
    }

    [Fact]
    public async Task Grey_becomes_three_equal_bands()
    {
        using var image = Slide.ToImage();
        using var grey = image.Colourspace(Enums.Interpretation.Bw);

        var patch = await CutAsync(grey);

        Assert.DoesNotContain(Enumerable.Range(0, patch.Length / 3), i => patch[i * 3] != patch[(i * 3) + 1] || patch[i * 3] != patch[(i * 3) + 2]);
        Assert.True(patch.Distinct().Count() > 2);
    }

    [Fact]
    public async Task What_is_transparent_is_white()
    {
        using var image = Slide.ToImage();
        using var half = image.Bandjoin(new double[] { 0 });

        Assert.All(await CutAsync(half), value => Assert.Equal(255, value));
    }

    [Fact]
    public async Task Cmyk_becomes_the_colours_that_it_was_made_of()
    {
        using var image = Slide.ToImage();
        using var cmyk = image.Colourspace(Enums.Interpretation.Cmyk);

        var (expected, patch) = (Expected(), await CutAsync(cmyk));

        // The built-in profile's gamut is smaller than sRGB's: stain stays stain, not each value.
        Assert.InRange(expected.Zip(patch, (a, b) => Math.Abs(a - b)).Average(), 0, 12);
    }

    private static byte[] Expected()
    {
        var patch = new byte[50 * 50 * 3];
        for (var y = 0; y < 50; y++)
        {
            Slide.Bytes.AsSpan((((50 + y) * Slide.Width) + 50) * 3, 150).CopyTo(patch.AsSpan(y * 150));
        }

        return patch;
    }

    /// <summary>The patch in the grid's second row and column.</summary>
    private static async Task<byte[]> CutAsync(Image image)
    {
        var file = image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate, tile: true, tileWidth: 64, tileHeight: 64, xres: 250, yres: 250, keep: Enums.ForeignKeep.None);
        var tiled = await SlideUnderTest.OpenAsync(new MemoryRangeSource(file));
        var patch = new byte[50 * 50 * 3];
        tiled.Cut([new PlannedCell(1, 1, PatchQualities.None)], patch);
        return patch;
    }
}
