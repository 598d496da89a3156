using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using NetVips;
using TiffEntry = IdcFunctions.Fixtures.TiffEntry;

namespace IdcFunctions.Tiling.Tests.Reading;

/// <summary>Layouts of TIFF that scanners and programs write: the same picture gives the same patches.</summary>
public sealed class TiffLayoutTests
{
    private static readonly SyntheticSlide Slide = SyntheticSlide.OfTissue(700, 600, 4, 63);

    [Theory]
    [InlineData(Enums.ForeignTiffCompression.None, true)]
    [InlineData(Enums.ForeignTiffCompression.None, false)]
    [InlineData(Enums.ForeignTiffCompression.Deflate, true)]
    [InlineData(Enums.ForeignTiffCompression.Lzw, true)]
    [InlineData(Enums.ForeignTiffCompression.Lzw, false)]
    [InlineData(Enums.ForeignTiffCompression.Jpeg, true)]
    [InlineData(Enums.ForeignTiffCompression.Webp, true)]
    public async Task A_big_endian_file_gives_the_pixels_of_the_little_endian_one(Enums.ForeignTiffCompression compression, bool isTiled)
    {
        using var image = Slide.ToImage();
        var file = image.TiffsaveBuffer(compression: compression, tile: isTiled, tileWidth: 128, tileHeight: 128, xres: 250, yres: 250);
        var expected = await SlideUnderTest.OpenAsync(file);

        foreach (var isBig in new[] { false, true })
        {
            var swapped = await SlideUnderTest.OpenAsync(TiffBytes.Write([TiffPage.ReadAll(file)[0]], isBig, isBigEndian: true));

            AssertSame(expected, swapped);
        }
    }

    [Fact]
    public async Task Sixteen_bits_in_big_endian_order_are_the_same_values()
    {
        using var image = Slide.ToImage();
        using var sixteen = image.Colourspace(Enums.Interpretation.Rgb16);
        var file = sixteen.TiffsaveBuffer(tile: true, tileWidth: 128, tileHeight: 128, xres: 250, yres: 250);
        var page = TiffPage.ReadAll(file)[0];
        foreach (var chunk in page.Chunks)
        {
            for (var i = 0; i < chunk.Length; i += 2)
            {
                (chunk[i], chunk[i + 1]) = (chunk[i + 1], chunk[i]);
            }
        }

        AssertSame(await SlideUnderTest.OpenAsync(file), await SlideUnderTest.OpenAsync(TiffBytes.Write([page], isBigEndian: true)));
    }

    [Fact]
    public async Task A_palettes_numbers_become_its_colours()
    {
        var random = new Random(5);
        var palette = Enumerable.Range(0, 3 * 256).Select(i => (ulong)(i % 256 < 128 ? 60 + random.Next(60) : 120 + random.Next(60)) * 257).ToArray();
        var numbers = new byte[200 * 150];
        random.NextBytes(numbers);
        var page = new TiffPage(
            [
                new(256, 4, 200), new(257, 4, 150), new(258, 3, 8), new(259, 3, 1), new(262, 3, 3), new(277, 3, 1), new(278, 4, 150),
                new(282, 5, 2500, 1), new(283, 5, 2500, 1), new(296, 3, 3), new(320, 3, palette),
            ],
            [numbers],
            false);

        var tiled = await SlideUnderTest.OpenAsync(TiffBytes.Write([page]));

        var patch = new byte[7500];
        tiled.Cut([new PlannedCell(1, 2, PatchQualities.None)], patch);
        for (var i = 0; i < 7500; i++)
        {
            var number = numbers[((50 + (i / 150)) * 200) + 100 + (i % 150 / 3)];
            Assert.Equal((byte)(palette[(i % 3 * 256) + number] >> 8), patch[i]);
        }
    }

    [Fact]
    public async Task The_largest_of_several_ome_images_is_the_slide_at_its_own_spacing()
    {
        var small = SyntheticSlide.OfGlass(300, 250);
        const string Text = """
            <?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
            <Image ID="Image:0"><Pixels SizeX="300" SizeY="250" SizeC="3" PhysicalSizeX="8" PhysicalSizeY="8"><TiffData IFD="0" PlaneCount="1"/></Pixels></Image>
            <Image ID="Image:1"><Pixels SizeX="700" SizeY="600" SizeC="3" PhysicalSizeX="4000" PhysicalSizeXUnit="nm" PhysicalSizeY="0.004" PhysicalSizeYUnit="mm"><TiffData IFD="1" PlaneCount="1"/></Pixels></Image>
            </OME>
            """;
        var layout = new SyntheticTiff { Downsamples = [1] };
        var file = TiffBytes.Write([(layout with { Description = Text }).Pages(small)[0], layout.Pages(Slide)[0]]);

        var tiled = await SlideUnderTest.OpenAsync(file);

        Assert.Equal((700, 600, 4.0, 4.0), (tiled.Properties.Width, tiled.Properties.Height, Math.Round(tiled.Properties.SpacingX, 9), Math.Round(tiled.Properties.SpacingY, 9)));
        AssertSame(await SlideUnderTest.OpenAsync((layout with { Description = SyntheticTiff.Ome(4, 4) }).Encode(Slide)), tiled);
    }

    [Fact]
    public async Task A_pyramid_of_strips_is_read_at_its_level()
    {
        using var image = SyntheticSlide.OfTissue(2800, 2400, 1, 9).ToImage();
        using var level = image.Shrink(4, 4);
        var (full, reduced) = (Save(image, 1), Save(level, 4));
        var file = TiffBytes.Write([full, reduced.With(new TiffEntry(254, 4, 1))]);
        var source = new MemoryRangeSource(file);

        var tiled = await SlideUnderTest.OpenAsync(source);

        Assert.Equal((1, 700), (tiled.Properties.Level, tiled.Properties.LevelWidth));
        AssertSame(await SlideUnderTest.OpenAsync(TiffBytes.Write([reduced])), tiled);
        Assert.InRange(source.BytesRead, 1, reduced.Chunks.Sum(chunk => (long)chunk.Length) + (32 << 10));

        static TiffPage Save(Image image, double spacing) =>
            TiffPage.ReadAll(image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate, tile: false, xres: 1000 / spacing, yres: 1000 / spacing))[0];
    }

    [Fact]
    public async Task One_strip_of_an_uncompressed_slide_is_taken_in_parts()
    {
        // 12 MB in one strip, as ImageJ writes it.
        var large = SyntheticSlide.OfTissue(2000, 2010, 4, 8);
        var layout = new SyntheticTiff { Downsamples = [1], Compression = TiffCompression.None, Description = SyntheticTiff.Aperio(4) };

        AssertSame(await SlideUnderTest.OpenAsync(layout.Encode(large)), await SlideUnderTest.OpenAsync((layout with { IsStriped = true }).Encode(large)));
    }

    [Fact]
    public async Task A_row_of_tiles_too_long_for_one_block_is_taken_in_several()
    {
        // 9,000 × 1,024 px of one row of tiles are 27 MB. Sums of parts, in another order, may round to a neighbour.
        var wide = SyntheticSlide.OfTissue(9000, 1024, 4, 8);
        var layout = new SyntheticTiff { Downsamples = [1], Description = SyntheticTiff.Aperio(3.9) };

        AssertSame(await SlideUnderTest.OpenAsync((layout with { TileSide = 128 }).Encode(wide)), await SlideUnderTest.OpenAsync((layout with { TileSide = 1024 }).Encode(wide)), 1);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task A_jpeg_tile_cut_in_mid_stream_is_refused_and_named(double share)
    {
        var page = new SyntheticTiff { Downsamples = [1], Compression = TiffCompression.Jpeg, TileSide = 256, Description = SyntheticTiff.Aperio(4) }.Pages(Slide)[0];
        var chunks = page.Chunks.ToList();
        chunks[4] = chunks[4][..(int)(chunks[4].Length * share)];

        var failure = await SlideUnderTest.AssertRefusedAsync("slide-damaged", TiffBytes.Write([page with { Chunks = chunks }]));

        Assert.Contains("tile 4 of its level 0 is cut off", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zeros_behind_a_jpeg_tiles_end_are_padding()
    {
        var page = new SyntheticTiff { Downsamples = [1], Compression = TiffCompression.Jpeg, Description = SyntheticTiff.Aperio(4) }.Pages(Slide)[0];
        var padded = page with { Chunks = [.. page.Chunks.Select(chunk => (byte[])[.. chunk, 0, 0, 0])] };

        AssertSame(await SlideUnderTest.OpenAsync(TiffBytes.Write([page])), await SlideUnderTest.OpenAsync(TiffBytes.Write([padded])));
    }

    private static void AssertSame(CollectedSlide expected, CollectedSlide actual, int mostOff = 0)
    {
        Assert.NotEmpty(expected.TissueCells);
        Assert.Equal(expected.TissueCells, actual.TissueCells);
        var (left, right) = (new byte[expected.TissueCells.Length * 7500], new byte[expected.TissueCells.Length * 7500]);
        expected.Cut([.. expected.TissueCells], left);
        actual.Cut([.. expected.TissueCells], right);
        Assert.InRange(left.Zip(right, (a, b) => Math.Abs(a - b)).Max(), 0, mostOff);
    }
}
