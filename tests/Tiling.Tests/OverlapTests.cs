using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling.Tests;

/// <summary>Overlapping patches, a part of a slide, and slides that are enlarged.</summary>
public sealed class OverlapTests
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(500, 400, 4, 3).ToLibvipsPyramid(4);

    [Fact]
    public async Task With_a_stride_every_second_patch_is_one_of_those_without()
    {
        var plain = await OpenAsync(SlideUnderTest.Request());
        var dense = await OpenAsync(SlideUnderTest.Request() with { StridePixels = 25 });

        Assert.Equal((10, 8), (plain.Grid.Columns, plain.Grid.Rows));
        Assert.Equal((19, 15), (dense.Grid.Columns, dense.Grid.Rows));
        Assert.NotEmpty(plain.TissueCells);
        foreach (var cell in plain.TissueCells)
        {
            Assert.Equal(Cut(plain, cell), Cut(dense, new PlannedCell(cell.Row * 2, cell.Column * 2, PatchQualities.None)));
            Assert.Equal(plain.Grid.RegionOf(cell.Cell), dense.Grid.RegionOf(new PatchCell(cell.Row * 2, cell.Column * 2)));
        }
    }

    /// <summary>A row of the grid is worked on in stretches of at most 50 cells.</summary>
    [Fact]
    public async Task A_wide_slides_overlapping_patches_are_those_of_its_picture()
    {
        var slide = SyntheticSlide.OfTissue(3010, 120, 4, 3).ToLibvipsPyramid(4);
        using var picture = NetVips.Image.NewFromBuffer(slide);
        var pixels = picture.WriteToMemory<byte>();

        var dense = await CollectedSlide.OpenAsync(new MemoryRangeSource(slide), SlideUnderTest.Request() with { StridePixels = 25, MinTissueFraction = 0 }, TestContext.Current.CancellationToken);

        Assert.Equal((119, 3), (dense.Grid.Columns, dense.Grid.Rows));
        Assert.Equal(Enumerable.Range(0, 3 * 119).Select(i => new PatchCell(i / 119, i % 119)), dense.TissueCells.Select(cell => cell.Cell));
        Assert.All(dense.TissueCells, cell => Assert.Equal(
            Enumerable.Range(cell.Row * 25, 50).SelectMany(y => pixels.AsMemory(((y * 3010) + (cell.Column * 25)) * 3, 150).ToArray()), Cut(dense, cell)));
    }

    [Fact]
    public async Task A_part_of_a_slide_is_the_cells_that_overlap_it()
    {
        var whole = await OpenAsync(SlideUnderTest.Request());
        var region = new PixelRegion(140, 90, 70, 130);

        var part = await OpenAsync(SlideUnderTest.Request() with { Region = region });

        Assert.Equal(whole.TissueCells.Where(cell => whole.Grid.RegionOf(cell.Cell).Overlaps(region)), part.TissueCells);
        Assert.InRange(part.TissueCells.Length, 1, whole.TissueCells.Length - 1);
    }

    [Fact]
    public async Task A_slide_that_is_too_coarse_is_enlarged_only_when_asked_for()
    {
        var coarse = SyntheticSlide.OfTissue(250, 200, 8, 3).ToLibvipsPyramid(8);

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => CollectedSlide.OpenAsync(new MemoryRangeSource(coarse), SlideUnderTest.Request(), TestContext.Current.CancellationToken));
        var enlarged = await CollectedSlide.OpenAsync(new MemoryRangeSource(coarse), SlideUnderTest.Request() with { IsUpsampled = true }, TestContext.Current.CancellationToken);

        Assert.Equal("resolution-too-low", refused.Failure.Code);
        Assert.Contains("--upsample", refused.Failure.Remedy, StringComparison.Ordinal);
        Assert.Equal((10, 8), (enlarged.Grid.Columns, enlarged.Grid.Rows));
        Assert.Equal(new PixelRegion(25, 0, 25, 25), enlarged.Grid.RegionOf(new PatchCell(0, 1)));
        var patch = Cut(enlarged, enlarged.TissueCells[0]);
        Assert.Equal(patch[..3], patch[3..6]);
    }

    private static Task<CollectedSlide> OpenAsync(TilingRequest request) => CollectedSlide.OpenAsync(new MemoryRangeSource(Slide), request, TestContext.Current.CancellationToken);

    private static byte[] Cut(CollectedSlide slide, PlannedCell cell)
    {
        var patch = new byte[50 * 50 * 3];
        slide.Cut([cell], patch);
        return patch;
    }
}
