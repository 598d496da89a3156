using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Tiling.Tests;

/// <summary>Pixels that are no light of 0 to 255 or 65,535.</summary>
public sealed class InkAndRealTests
{
    private static readonly SyntheticSlide Slide = SyntheticSlide.OfTissue(200, 150, 4, 71);

    [Fact]
    public async Task Transparent_cmyk_is_white()
    {
        using var image = Slide.ToImage();
        using var cmyk = image.Colourspace(Enums.Interpretation.Cmyk);
        using var clear = cmyk.Bandjoin(new double[] { 0 });
        Assert.All(await CutAsync(clear), value => Assert.InRange(value, 250, 255));
    }

    [Fact]
    public async Task Floating_point_pixels_are_refused()
    {
        using var image = Slide.ToImage();
        using var real = (image / 255).Cast(Enums.BandFormat.Float);
        var content = real.TiffsaveBuffer(tile: true, tileWidth: 64, tileHeight: 64);
        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => SlideUnderTest.OpenAsync(content, 4));
        Assert.Equal("colours-unknown", refused.Failure.Code);
    }

    private static Task<byte[]> CutAsync(Image image) => CutAsync(image.TiffsaveBuffer(tile: true, tileWidth: 64, tileHeight: 64));

    private static async Task<byte[]> CutAsync(byte[] content)
    {
        var tiled = await SlideUnderTest.OpenAsync(content, 4);
        var patch = new byte[7500];
        tiled.Cut([new PlannedCell(1, 1, PatchQualities.None)], patch);
        return patch;
    }
}
