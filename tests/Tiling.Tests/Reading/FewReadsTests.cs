using IdcFunctions.Fixtures;
using NetVips;

namespace IdcFunctions.Tiling.Tests.Reading;

/// <summary>How little of a slide is read, and that what is read is decoded as libvips decodes the whole file.</summary>
public sealed class FewReadsTests
{
    /// <summary>0.25 µm/px with a 16× level at 4 µm/px.</summary>
    private static readonly SyntheticSlide Slide = SyntheticSlide.OfTissue(6400, 4800, 0.25, 61);

    private static readonly SyntheticTiff Aperio = new() { Description = SyntheticTiff.Aperio(0.25) };

    [Theory]
    [InlineData(TiffCompression.Deflate, false, false)]
    [InlineData(TiffCompression.Deflate, true, false)]
    [InlineData(TiffCompression.Deflate, true, true)]
    [InlineData(TiffCompression.Jpeg, false, false)]
    [InlineData(TiffCompression.Jpeg, true, true)]
    [InlineData(TiffCompression.None, false, true)]
    public async Task A_pyramid_is_read_in_few_requests_at_little_more_than_its_levels_bytes(TiffCompression compression, bool isBig, bool hasSubImages)
    {
        var layout = Aperio with { Compression = compression, IsBig = isBig, HasSubImages = hasSubImages };
        var pages = layout.Pages(Slide);
        var levels = hasSubImages ? [pages[0], .. pages[0].SubImages] : pages;
        var levelBytes = levels[^1].Chunks.Sum(chunk => (long)chunk.Length);
        var source = new MemoryRangeSource(layout.Encode(Slide));

        await SlideUnderTest.OpenAsync(source);

        Assert.InRange(source.Reads, 1, 12);
        Assert.InRange(source.BytesRead, levelBytes, (long)(levelBytes * 1.2) + (32 << 10));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task No_byte_of_label_or_macro_is_read_and_no_word_of_the_description_kept(bool isBig, bool hasDescription)
    {
        var secret = SyntheticSlide.OfTissue(600, 400, 4, 62);
        var description = SyntheticTiff.Aperio(0.25) + "|Patient = DOE^JANE|Record = 4711";
        var extra = (Aperio with { Downsamples = [1], IsStriped = true, Description = "Aperio label" }).Pages(secret)[0];
        var pages = (Aperio with { Description = hasDescription ? description : null, ResolutionUmPx = (0.25, 0.25) }).Pages(Slide);
        var file = TiffBytes.Write([pages[0], extra, pages[1], extra, pages[2], extra], isBig);
        var source = new MemoryRangeSource(file);

        var tiled = await SlideUnderTest.OpenAsync(source);

        var strip = extra.Chunks[0];
        for (var at = file.AsSpan().IndexOf(strip); at >= 0;)
        {
            Assert.DoesNotContain(source.Ranges, range => range.Offset < at + strip.Length && at < range.Offset + range.Count);
            var next = file.AsSpan(at + 1).IndexOf(strip);
            at = next < 0 ? -1 : at + 1 + next;
        }

        Assert.DoesNotContain("DOE", tiled.Properties.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", tiled.Properties.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Enums.ForeignTiffCompression.None, true, false)]
    [InlineData(Enums.ForeignTiffCompression.Deflate, true, true)]
    [InlineData(Enums.ForeignTiffCompression.Lzw, true, false)]
    [InlineData(Enums.ForeignTiffCompression.Webp, true, false)]
    [InlineData(Enums.ForeignTiffCompression.Jpeg, true, false)]
    [InlineData(Enums.ForeignTiffCompression.Deflate, false, false)]
    [InlineData(Enums.ForeignTiffCompression.Lzw, false, true)]
    public async Task Pixels_are_those_of_libvips_own_decoding(Enums.ForeignTiffCompression compression, bool isTiled, bool isBig)
    {
        var slide = SyntheticSlide.OfTissue(700, 600, 4, 63);
        using var image = slide.ToImage();
        var predictor = compression is Enums.ForeignTiffCompression.Deflate or Enums.ForeignTiffCompression.Lzw ? Enums.ForeignTiffPredictor.Horizontal : Enums.ForeignTiffPredictor.None;
        var file = image.TiffsaveBuffer(compression: compression, predictor: predictor, tile: isTiled, tileWidth: 128, tileHeight: 128, bigtiff: isBig, xres: 250, yres: 250);
        using var whole = Image.TiffloadBuffer(file);
        var expected = whole.WriteToMemory<byte>();

        var tiled = await SlideUnderTest.OpenAsync(new MemoryRangeSource(file));

        var patch = new byte[50 * 50 * 3];
        Assert.NotEmpty(tiled.TissueCells);
        foreach (var cell in tiled.TissueCells)
        {
            tiled.Cut([cell], patch);
            for (var y = 0; y < 50; y++)
            {
                Assert.True(patch.AsSpan(y * 150, 150).SequenceEqual(expected.AsSpan(((((cell.Row * 50) + y) * 700) + (cell.Column * 50)) * 3, 150)));
            }
        }
    }
}
