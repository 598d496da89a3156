using System.Text;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Reading.OpenSlide;
using LevelChoice = IdcFunctions.Tiling.Reading.LevelChoice;
using SlideLevel = IdcFunctions.Tiling.Reading.SlideLevel;

namespace IdcFunctions.Tiling.Tests;

/// <summary>One case a defect: the exact code under which a slide is refused.</summary>
public sealed class RefusedSlideTests
{
    private static readonly SyntheticSlide Tissue = SyntheticSlide.OfTissue(800, 640, 1, 1);
    private static readonly SyntheticTiff Layout = new() { Downsamples = [1, 4], Description = SyntheticTiff.Aperio(1) };

    [Fact]
    public Task An_empty_file_is_refused() => SlideUnderTest.AssertRefusedAsync("file-empty", []);

    [Theory]
    [InlineData("no slide at all")]
    [InlineData("I")]
    [InlineData("II")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"800\"/>")]
    public Task A_text_file_is_refused(string text) => SlideUnderTest.AssertRefusedAsync("format-unknown", Encoding.UTF8.GetBytes(text), 1);

    [Theory]
    [InlineData(false, 4)]
    [InlineData(false, 7)]
    [InlineData(true, 4)]
    [InlineData(true, 8)]
    [InlineData(true, 15)]
    public Task A_tiff_cut_in_its_header_is_refused(bool isBig, int bytes) =>
        SlideUnderTest.AssertRefusedAsync("slide-truncated", (Layout with { IsBig = isBig }).Encode(Tissue)[..bytes]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_tiff_cut_in_its_directory_is_refused(bool isBig) =>
        SlideUnderTest.AssertRefusedAsync("slide-truncated", (Layout with { IsBig = isBig }).Encode(Tissue)[..^20]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_tiff_whose_pixels_lie_beyond_its_end_is_refused(bool isStriped)
    {
        var page = (Layout with { Downsamples = [1], Compression = TiffCompression.None, IsStriped = isStriped }).Pages(Tissue)[0];
        return SlideUnderTest.AssertRefusedAsync(
            "slide-truncated", TiffBytes.Write([page.With(new TiffEntry(isStriped ? 279 : 325, 4, [.. page.Chunks.Select(_ => 10_000_000UL)]))]));
    }

    [Fact]
    public async Task A_tiff_with_the_tiles_of_half_its_picture_is_refused()
    {
        var page = (Layout with { Downsamples = [1] }).Pages(Tissue)[0];

        var failure = await SlideUnderTest.AssertRefusedAsync("slide-damaged", TiffBytes.Write([page with { Chunks = [.. page.Chunks.Take(page.Chunks.Count / 2)] }]));

        Assert.Contains("6 of 12 tiles", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TiffCompression.Deflate, 0.0)]
    [InlineData(TiffCompression.Deflate, 0.5)]
    [InlineData(TiffCompression.None, 0.0)]
    [InlineData(TiffCompression.None, 0.5)]
    [InlineData(TiffCompression.Jpeg, 0.0)]
    public async Task A_tiff_with_one_tile_cut_short_is_refused_and_the_tile_is_not_taken_for_black(TiffCompression compression, double share)
    {
        var page = (Layout with { Downsamples = [1], Compression = compression }).Pages(Tissue)[0];

        var failure = await SlideUnderTest.AssertRefusedAsync(
            "slide-damaged", TiffBytes.Write([page with { Chunks = [.. page.Chunks.Select((chunk, i) => i == 11 ? chunk[..(int)(chunk.Length * share)] : chunk)] }]));

        Assert.DoesNotContain("unable to call", failure.Reason, StringComparison.Ordinal);
    }

    /// <summary>6,250 × 6,250 px at 4 µm/px have 38 million cells at a stride of 1.</summary>
    [Fact]
    public async Task A_stride_at_which_there_are_too_many_cells_is_refused_and_a_part_of_the_slide_is_not()
    {
        var source = new MemoryRangeSource((Layout with { Downsamples = [1], Description = SyntheticTiff.Aperio(4) }).Encode(SyntheticSlide.OfGlass(6250, 6250)));
        var dense = SlideUnderTest.Request() with { StridePixels = 1 };

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => CollectedSlide.OpenAsync(source, dense, TestContext.Current.CancellationToken));
        var part = dense with { Region = new PixelRegion(0, 0, 100, 100) };
        LevelChoice.ThrowIfUnfit(SlideLevel.Full(6250, 6250, null), MicronsPerPixel.Square(4), part);

        Assert.Equal("too-many-cells", refused.Failure.Code);
        Assert.Contains("at a stride of 1 px its grid has 38452401 cells; at most 1000000", refused.Failure.Reason, StringComparison.Ordinal);
        Assert.Contains("--stride", refused.Failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_tiff_without_a_directory_is_refused() =>
        SlideUnderTest.AssertRefusedAsync("slide-damaged", [(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0]);

    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    public Task A_tiff_without_a_size_is_refused(int tag) =>
        SlideUnderTest.AssertRefusedAsync("slide-damaged", TiffBytes.Write([Layout.Pages(Tissue)[0].Without(tag)]));

    [Fact]
    public Task A_tiff_without_spacing_is_refused() =>
        SlideUnderTest.AssertRefusedAsync("spacing-unknown", (Layout with { Description = null }).Encode(Tissue));

    [Theory]
    [InlineData(72)]
    [InlineData(300)]
    public Task A_programs_default_resolution_is_no_spacing(int dotsPerInch) =>
        SlideUnderTest.AssertRefusedAsync("spacing-unknown", (Layout with { Description = null, DotsPerInch = (uint)dotsPerInch }).Encode(Tissue));

    [Theory]
    [InlineData("0")]
    [InlineData("-0.25")]
    [InlineData("1e400")]
    [InlineData("0.0001")]
    [InlineData("40000")]
    [InlineData("?")]
    public Task A_spacing_that_no_microscope_has_is_none(string mpp) =>
        SlideUnderTest.AssertRefusedAsync("spacing-unknown", (Layout with { Description = $"Aperio Image Library|AppMag = 40|MPP = {mpp}|Left = 1" }).Encode(Tissue));

    [Fact]
    public Task A_resolution_without_a_unit_is_no_spacing() =>
        SlideUnderTest.AssertRefusedAsync(
            "spacing-unknown", TiffBytes.Write([(Layout with { Description = null, ResolutionUmPx = (1, 1) }).Pages(Tissue)[0].With(new TiffEntry(296, 3, 1))]));

    [Fact]
    public Task A_resolution_of_zero_is_no_spacing() =>
        SlideUnderTest.AssertRefusedAsync(
            "spacing-unknown", TiffBytes.Write([(Layout with { Description = null, ResolutionUmPx = (1, 1) }).Pages(Tissue)[0].With(new TiffEntry(282, 5, 0, 0))]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_picture_without_given_spacing_is_refused(bool isPng) =>
        SlideUnderTest.AssertRefusedAsync("spacing-unknown", isPng ? Tissue.ToPng() : Tissue.ToJpeg());

    [Theory]
    [InlineData(1, 1)]
    [InlineData(49, 640)]
    [InlineData(640, 49)]
    public async Task A_slide_smaller_than_a_patch_is_refused(int width, int height)
    {
        var slide = SyntheticSlide.OfGlass(width, height);
        await SlideUnderTest.AssertRefusedAsync("slide-too-small", new SyntheticTiff { Downsamples = [1], Description = SyntheticTiff.Aperio(4) }.Encode(slide));
        await SlideUnderTest.AssertRefusedAsync("slide-too-small", slide.ToPng(), 4);
        await SlideUnderTest.AssertRefusedAsync("slide-too-small", slide.ToJpeg(), 4);
    }

    [Theory]
    [InlineData(4.3)]
    [InlineData(8)]
    public async Task A_slide_coarser_than_the_model_is_refused(double spacing)
    {
        await SlideUnderTest.AssertRefusedAsync("resolution-too-low", (Layout with { Description = SyntheticTiff.Aperio(spacing) }).Encode(Tissue));
        await SlideUnderTest.AssertRefusedAsync("resolution-too-low", Tissue.ToPng(), spacing);
    }

    [Theory]
    [InlineData(33003)]
    [InlineData(33005)]
    [InlineData(34712)]
    public Task A_slide_that_claims_jpeg_2000_goes_to_openslide_which_knows_it_is_none(int compression) =>
        SlideUnderTest.AssertRefusedAsync(OpenSlideLibrary.IsAvailable ? "slide-damaged" : "format-needs-openslide", TiffBytes.Write([Layout.Pages(Tissue)[0].With(new TiffEntry(259, 3, (ulong)compression))]));

    [Fact]
    public Task An_ndpi_is_refused_though_its_later_directories_can_not_be_read()
    {
        // NDPI files of more than 4 GB keep the upper halves of offsets elsewhere, so their links lead nowhere.
        var ndpi = TiffBytes.Write([Layout.Pages(Tissue)[0].With(new TiffEntry(65420, 4, 1))]);
        ndpi.AsSpan(ndpi.Length - 4).Fill(0x7F);
        return SlideUnderTest.AssertRefusedAsync(OpenSlideLibrary.IsAvailable ? "format-unknown" : "format-needs-openslide", ndpi);
    }

    [Fact]
    public Task A_dicom_file_is_refused()
    {
        var dicom = new byte[400];
        "DICM"u8.CopyTo(dicom.AsSpan(128));
        return SlideUnderTest.AssertRefusedAsync("format-unsupported", dicom);
    }

    [Theory]
    [InlineData("a.mrxs")]
    [InlineData("a.VMS")]
    public async Task A_format_of_several_files_is_refused(string name)
    {
        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => CollectedSlide.OpenAsync(
            new MemoryRangeSource(Tissue.ToJpeg()), SlideUnderTest.Request(1) with { SlideName = name }, TestContext.Current.CancellationToken));

        Assert.Equal("format-several-files", refused.Failure.Code);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public async Task A_picture_cut_in_its_pixels_is_refused(double share)
    {
        var slide = Tissue.Crop(0, 0, 800, 600);
        var (png, jpeg) = (slide.ToPng(), slide.ToJpeg());
        await SlideUnderTest.AssertRefusedAsync("slide-damaged", png[..(int)(png.Length * share)], 1);
        await SlideUnderTest.AssertRefusedAsync("slide-damaged", jpeg[..(int)(jpeg.Length * share)], 1);
    }

    [Fact]
    public Task Five_channels_are_no_rgb()
    {
        var page = (Layout with { Downsamples = [1], Compression = TiffCompression.None, TileSide = 64 }).Pages(SyntheticSlide.OfGlass(320, 320))[0];
        var fiveChannels = page with { Chunks = [.. page.Chunks.Select(_ => new byte[64 * 64 * 5])] };
        return SlideUnderTest.AssertRefusedAsync(
            "colours-unknown", TiffBytes.Write([fiveChannels.With(new TiffEntry(258, 3, 8, 8, 8, 8, 8)).With(new TiffEntry(277, 3, 5)).With(new TiffEntry(338, 3, 0, 0))]));
    }
}
