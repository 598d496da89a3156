using IdcFunctions.LocalHost.Demo;
using NetVips;

namespace IdcFunctions.LocalHost.Tests.Demo;

public sealed class SyntheticSlideTests
{
    [Fact]
    public void The_slide_is_a_pyramid_of_two_levels_with_their_resolution_and_the_same_each_time()
    {
        var slide = SyntheticSlide.Make();

        using var full = Image.TiffloadBuffer(slide, page: 0);
        using var reduced = Image.TiffloadBuffer(slide, page: 1);
        Assert.Equal((8000, 6000, 3, Enums.BandFormat.Uchar), (full.Width, full.Height, full.Bands, full.Format));
        Assert.Equal((2000, 1500), (reduced.Width, reduced.Height));
        Assert.Equal(2, full.Get("n-pages"));

        // libvips' resolution is in pixels per millimetre: 1 and 4 µm/px.
        Assert.Equal((1000.0, 1000.0), (full.Xres, full.Yres));
        Assert.Equal((250.0, 250.0), (reduced.Xres, reduced.Yres));

        // Both levels show the same: each pixel of the reduced one stands four by four times in the full one, to the last tile.
        using var enlarged = reduced.Zoom(4, 4);
        using var difference = (enlarged - full).Abs();
        Assert.Equal(0, difference.Max());
        Assert.True(full.Deviate() > 10);
        Assert.Equal(slide, SyntheticSlide.Make());
    }
}
