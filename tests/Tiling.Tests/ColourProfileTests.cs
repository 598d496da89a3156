using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using NetVips;

namespace IdcFunctions.Tiling.Tests;

/// <summary>A slide's ICC profile, which counts only when it is asked for. Display P3 is wider than sRGB, so that its numbers change.</summary>
public sealed class ColourProfileTests
{
    private static readonly SyntheticSlide Slide = SyntheticSlide.OfTissue(600, 500, 4, 5);

    [Theory]
    [InlineData("tiles")]
    [InlineData("strips")]
    [InlineData("png")]
    public async Task A_profile_is_applied_when_it_is_asked_for_and_only_then(string layout)
    {
        var slide = Encode(layout, "p3");
        using var image = Slide.ToImage();
        using var converted = Image.NewFromBuffer(Encode("tiles", "p3")).IccTransform("srgb", embedded: true);

        var stored = await OpenAsync(slide, appliesIcc: false);
        var applied = await OpenAsync(slide, appliesIcc: true);

        Assert.Equal(Patch(image, stored), Cut(stored));
        Assert.Equal(Patch(converted, applied), Cut(applied));
        Assert.NotEqual(Cut(stored), Cut(applied));
    }

    [Fact]
    public async Task A_slide_without_a_profile_is_refused_where_one_is_asked_for()
    {
        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => OpenAsync(Encode("tiles", null), appliesIcc: true));

        Assert.Equal("no-colour-profile", refused.Failure.Code);
        Assert.Contains("--icc", refused.Failure.Remedy, StringComparison.Ordinal);
    }

    private static byte[] Encode(string layout, string? profile)
    {
        using var image = Slide.ToImage();
        return layout == "png"
            ? image.PngsaveBuffer(profile: profile)
            : image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate, profile: profile, tile: layout == "tiles", tileWidth: 256, tileHeight: 256, xres: 250, yres: 250);
    }

    private static Task<CollectedSlide> OpenAsync(byte[] slide, bool appliesIcc) => CollectedSlide.OpenAsync(
        new MemoryRangeSource(slide), SlideUnderTest.Request() with { AppliesIcc = appliesIcc, SpacingOverrideUmPx = 4 }, TestContext.Current.CancellationToken);

    private static byte[] Cut(CollectedSlide slide)
    {
        var patch = new byte[50 * 50 * 3];
        slide.Cut([slide.TissueCells[0]], patch);
        return patch;
    }

    private static byte[] Patch(Image image, CollectedSlide slide)
    {
        var cell = slide.TissueCells[0];
        using var patch = image.Crop(cell.Column * 50, cell.Row * 50, 50, 50);
        return patch.WriteToMemory<byte>();
    }
}
