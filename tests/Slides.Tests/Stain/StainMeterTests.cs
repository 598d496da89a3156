using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Slides.Tests.Stain;

public sealed class StainMeterTests
{
    [Fact]
    public void A_grey_pixel_has_equal_shares_and_its_own_density()
    {
        var meter = new StainMeter();
        meter.Add([127, 127, 127]);

        var profile = meter.ToProfile()!;

        Assert.Equal(1 / 3.0, profile.RedShare, 9);
        Assert.Equal(1 / 3.0, profile.BlueShare, 9);
        Assert.Equal(Math.Log10(2), profile.Density, 9);
    }

    [Fact]
    public void Glass_and_faint_pixels_do_not_count()
    {
        var meter = new StainMeter();
        meter.Add([244, 243, 245, 220, 190, 205]);

        Assert.Null(meter.ToProfile());
    }

    [Fact]
    public void Haematoxylin_absorbs_red_eosin_green_and_dab_blue()
    {
        Assert.True(Of(112, 72, 150).RedShare > Of(226, 120, 176).RedShare);
        Assert.True(Of(226, 120, 176) is { RedShare: < 0.2, BlueShare: < 0.4 });
        Assert.True(Of(130, 90, 50).BlueShare > 0.4);
    }

    [Fact]
    public void Meters_added_up_are_one_meter()
    {
        byte[] pixels = [112, 72, 150, 226, 120, 176, 130, 90, 50];
        var (all, parts) = (new StainMeter(), new StainMeter());
        all.Add(pixels);
        foreach (var pixel in pixels.Chunk(3))
        {
            var meter = new StainMeter();
            meter.Add(pixel);
            parts.Add(meter);
        }

        Assert.Equal(all.ToProfile(), parts.ToProfile());
        Assert.Equal(3, all.ToProfile()!.Pixels);
    }

    private static StainProfile Of(byte red, byte green, byte blue)
    {
        var meter = new StainMeter();
        meter.Add([red, green, blue]);
        return meter.ToProfile()!;
    }
}
