using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling.Tests;

public sealed class TiledSlideTests
{
    private static readonly SyntheticSlide Tissue = SyntheticSlide.OfTissue(2100, 1700, 1, 4);

    [Fact]
    public async Task A_slide_without_tissue_has_no_cells_and_is_no_error()
    {
        var tiled = await SlideUnderTest.OpenAsync(new SyntheticTiff { Description = SyntheticTiff.Aperio(1), Downsamples = [1, 4] }.Encode(SyntheticSlide.OfGlass(1000, 800)));

        Assert.Empty(tiled.TissueCells);
        Assert.Equal((5, 4), (tiled.Grid.Columns, tiled.Grid.Rows));
    }

    [Fact]
    public async Task Tissue_is_planned_and_glass_is_not()
    {
        var tiled = await SlideUnderTest.OpenAsync(new SyntheticTiff { Description = SyntheticTiff.Aperio(1), Downsamples = [1, 4] }.Encode(Tissue));

        Assert.InRange(tiled.TissueCells.Length, 5, (tiled.Grid.Rows * tiled.Grid.Columns) - 5);
        Assert.Equal(tiled.TissueCells.Order(Comparer<PlannedCell>.Create((left, right) => left.Cell.CompareTo(right.Cell))), tiled.TissueCells);
    }

    [Theory]
    [InlineData(TiffCompression.None, false)]
    [InlineData(TiffCompression.Deflate, true)]
    [InlineData(TiffCompression.Jpeg, false)]
    public async Task The_same_slide_gives_the_same_cells_and_bytes(TiffCompression compression, bool isBig)
    {
        var content = new SyntheticTiff { Compression = compression, IsBig = isBig, Description = SyntheticTiff.Aperio(0.9), Downsamples = [1, 4] }.Encode(Tissue);
        var (first, second) = (await SlideUnderTest.OpenAsync(content), await SlideUnderTest.OpenAsync(content));

        Assert.NotEmpty(first.TissueCells);
        Assert.Equal(first.Properties, second.Properties);
        Assert.Equal(first.TissueCells, second.TissueCells);
        Assert.Equal(CutAll(first), CutAll(second));
    }

    [Fact]
    public async Task Lossless_formats_of_one_slide_give_the_same_bytes()
    {
        var layout = new SyntheticTiff { Downsamples = [1], Description = SyntheticTiff.Aperio(1.3) };
        var expected = CutAll(await SlideUnderTest.OpenAsync(layout.Encode(Tissue)));
        foreach (var content in new[]
        {
            (layout with { IsBig = true }).Encode(Tissue),
            (layout with { Compression = TiffCompression.None }).Encode(Tissue),
            (layout with { IsStriped = true }).Encode(Tissue),
            (layout with { TileSide = 16 }).Encode(Tissue),
            (layout with { Description = SyntheticTiff.Ome(1.3, 1.3) }).Encode(Tissue),
            Tissue.ToPng(),
            Tissue.ToPng(isInterlaced: true),
        })
        {
            Assert.Equal(expected, CutAll(await SlideUnderTest.OpenAsync(content, 1.3)));
        }
    }

    [Fact]
    public async Task A_level_at_the_models_spacing_is_taken_byte_for_byte()
    {
        var level = Tissue.Reduce(4);
        var tiled = await SlideUnderTest.OpenAsync(new SyntheticTiff { Downsamples = [1, 4], Description = SyntheticTiff.Aperio(1) }.Encode(Tissue));

        foreach (var cell in tiled.TissueCells)
        {
            Assert.Equal(level.Crop(cell.Column * 50, cell.Row * 50, 50, 50).Bytes, Cut(tiled, cell));
        }
    }

    private static byte[] CutAll(CollectedSlide tiled) => Cut(tiled, [.. tiled.TissueCells]);

    private static byte[] Cut(CollectedSlide tiled, params PlannedCell[] cells)
    {
        var patches = new byte[cells.Length * 7500];
        tiled.Cut(cells, patches);
        return patches;
    }
}
