using CsCheck;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides.Tests;

public sealed class PatchGridTests
{
    private static readonly Gen<PatchGrid> Grids =
        from width in Gen.Long[1, 200_000]
        from height in Gen.Long[1, 200_000]
        from x in Gen.Double[0.1, 4.2]
        from y in Gen.Double[0.1, 4.2]
        select new PatchGrid(width, height, new MicronsPerPixel(x, y), 4, 50, 50);

    [Fact]
    public void A_patch_covers_800_level0_pixels_at_a_quarter_micron() =>
        Assert.Equal(
            new PixelRegion(800, 1600, 800, 800),
            new PatchGrid(8000, 8000, MicronsPerPixel.Square(0.25), 4, 50, 50).RegionOf(new PatchCell(2, 1)));

    [Fact]
    public void Neighbours_abut_and_no_edge_is_off_by_more_than_half_a_pixel() => Grids.Sample(grid =>
    {
        for (var column = 0; column < Math.Min(grid.Columns, 500); column++)
        {
            var here = grid.RegionOf(new PatchCell(0, column));
            var next = grid.RegionOf(new PatchCell(0, column + 1));
            Assert.Equal(here.MaxX, next.MinX);
            Assert.InRange(here.MinX - grid.LeftEdge(column), -0.5, 0.5);
        }
    });

    [Fact]
    public void Every_cell_lies_within_the_slide() => Grids.Where(grid => grid.Columns > 0 && grid.Rows > 0).Sample(grid =>
    {
        var last = grid.RegionOf(new PatchCell(grid.Rows - 1, grid.Columns - 1));
        Assert.True(last.MaxX <= grid.SlideWidth + 1 && last.MaxY <= grid.SlideHeight + 1);
    });

    [Fact]
    public void The_last_column_of_a_wide_slide_has_not_drifted()
    {
        var grid = new PatchGrid(81_671, 66_552, MicronsPerPixel.Square(0.2527), 4, 50, 50);

        Assert.Equal(103, grid.Columns);
        Assert.Equal(81_520, grid.RegionOf(new PatchCell(0, 103)).MinX);
    }

    [Fact]
    public void Keys_sort_in_grid_order() => Gen.Select(Gen.Int[0, 99_999], Gen.Int[0, 99_999], Gen.Int[0, 99_999], Gen.Int[0, 99_999]).Sample((a, b, c, d) =>
    {
        var (first, second) = (new PatchCell(a, b), new PatchCell(c, d));
        Assert.Equal(Math.Sign(first.CompareTo(second)), Math.Sign(string.CompareOrdinal(first.Key, second.Key)));
        Assert.True(PatchCell.TryParse(first.Key, out var parsed));
        Assert.Equal(first, parsed);

        var written = new byte[PatchCell.KeyLength];
        first.WriteKey(written);
        Assert.Equal(first.Key, System.Text.Encoding.UTF8.GetString(written));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_impossible_spacing_is_refused(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MicronsPerPixel.Square(value));

    [Theory]
    [InlineData(50, 3, 0.12)]
    [InlineData(25, 3, 0.08)]
    [InlineData(20, 3, 0.072)]
    [InlineData(49, 2, 0.0792)]
    public void The_area_of_a_row_of_patches_is_that_of_their_union(int stride, int patches, double areaMm2)
    {
        var grid = new PatchGrid(8000, 8000, MicronsPerPixel.Square(0.25), 4, 50, stride);

        Assert.Equal(areaMm2, grid.AreaMm2(Enumerable.Range(0, patches).Select(column => new PatchCell(1, column))), 1e-12);
    }

    /// <summary>Point by point, over the whole grid.</summary>
    [Fact]
    public void The_area_of_any_cells_is_that_of_the_points_they_cover() =>
        (from stride in Gen.Int[1, 50]
         from side in Gen.Int[50, 400]
         from cells in Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Array[0, 40]
         select (stride, side, cells)).Sample(sample =>
        {
            var grid = new PatchGrid(sample.side, sample.side + 60, MicronsPerPixel.Square(4), 4, 50, sample.stride);
            PatchCell[] cells = [.. sample.cells.Select(cell => new PatchCell((int)(cell.Item1 * (grid.Rows - 1)), (int)(cell.Item2 * (grid.Columns - 1))))];
            var covered = new bool[grid.PixelHeight, grid.PixelWidth];
            foreach (var cell in cells)
            {
                for (var at = 0; at < 2500; at++)
                {
                    covered[(cell.Row * sample.stride) + (at / 50), (cell.Column * sample.stride) + (at % 50)] = true;
                }
            }

            var points = covered.Cast<bool>().Count(isCovered => isCovered);
            return sample.stride == 50
                ? grid.AreaMm2(cells) == cells.Length * grid.PatchAreaMm2
                : Math.Abs(grid.AreaMm2(cells) - (points * 16 / 1e6)) < 1e-12;
        });

    /// <summary>A bit for each point of this slide would be 240 MB.</summary>
    [Fact]
    public void The_area_of_a_few_cells_takes_memory_for_them_and_not_for_the_slide()
    {
        var grid = new PatchGrid(200_000, 160_000, MicronsPerPixel.Square(1), 4, 50, 49);
        PatchCell[] cells = [new(800, 1000), new(800, 1001), new(801, 1000)];
        grid.AreaMm2(cells);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var area = grid.AreaMm2(cells);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((2500 + (2 * 2450)) * 16 / 1e6, area, 1e-12);
        Assert.InRange(allocated, 0, 20_000);
    }

    [Theory]
    [InlineData(0, 0, 800, 800, 4)]
    [InlineData(399, 400, 2, 400, 2)]
    [InlineData(400, 400, 1, 1, 1)]
    [InlineData(800, 0, 10, 10, 0)]
    public void Cells_of_a_part_are_those_that_share_a_pixel_with_it(long x, long y, long width, long height, long cells)
    {
        var grid = new PatchGrid(800, 800, MicronsPerPixel.Square(0.5), 4, 50, 50);

        Assert.Equal(cells, grid.CellsIn(new PixelRegion(x, y, width, height)));
        Assert.Equal(4, grid.CellsIn(null));
    }

    [Fact]
    public void All_cells_of_any_stride_lie_inside_the_slide() =>
        (from stride in Gen.Int[1, 50] from width in Gen.Long[1000, 60_000] from spacing in Gen.Double[0.2, 4] select (stride, width, spacing)).Sample(sample =>
        {
            var grid = new PatchGrid(sample.width, sample.width, MicronsPerPixel.Square(sample.spacing), 4, 50, sample.stride);
            return grid.Columns == 0
                || (grid.RegionOf(new PatchCell(0, grid.Columns - 1)).MaxX <= sample.width
                    && grid.LeftEdge(grid.Columns) + (200 / sample.spacing) > sample.width - 1);
        });
}
