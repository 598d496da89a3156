using CsCheck;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Tiling.Tests;

public sealed class TissueMaskTests
{
    private static readonly (byte Red, byte Green, byte Blue) Faint = (242, 233, 239);

    [Fact]
    public async Task Faint_tissue_is_planned_and_glass_is_not()
    {
        var tiled = await OpenAsync(100, 50, (x, _) => x < 50 ? Faint : PaintedSlide.Glass);

        Assert.Equal([new PatchCell(0, 0)], tiled.TissueCells.Select(cell => cell.Cell));
        Assert.Equal((1, 0), (tiled.Tiled.NoTissueCells, tiled.Tiled.ExcludedCells));
    }

    [Fact]
    public async Task A_piece_of_tissue_of_two_percent_of_a_cell_is_planned_and_flagged()
    {
        var tiled = await OpenAsync(100, 50, (x, y) => x is >= 10 and < 17 && y is >= 10 and < 18 ? PaintedSlide.Stroma : PaintedSlide.Glass);

        Assert.Equal([new PatchCell(0, 0)], tiled.TissueCells.Select(cell => cell.Cell));
        Assert.True(tiled.TissueCells[0].Qualities.HasFlag(PatchQualities.LittleTissue));
    }

    [Theory]
    [InlineData(20, 110, 80)] // green marker
    [InlineData(40, 70, 160)] // blue marker
    [InlineData(60, 170, 190)] // cyan
    [InlineData(45, 45, 48)] // black marker
    [InlineData(90, 88, 92)] // pencil
    [InlineData(3, 1, 6)] // a scanner's border
    public async Task Pen_ink_and_black_border_on_glass_are_excluded_and_counted(byte red, byte green, byte blue)
    {
        var ink = (red, green, blue);
        var edge = ((byte)((red + (3 * 244)) / 4), (byte)((green + (3 * 243)) / 4), (byte)((blue + (3 * 245)) / 4));

        // A stroke with a soft edge of one pixel in the second of three cells.
        var tiled = await OpenAsync(150, 50, (x, _) => x is >= 60 and < 80 ? ink : x is 59 or 80 ? edge : PaintedSlide.Glass);

        Assert.Empty(tiled.TissueCells);
        Assert.Equal((2, 1), (tiled.Tiled.NoTissueCells, tiled.Tiled.ExcludedCells));
    }

    [Fact]
    public async Task Ink_over_tissue_is_flagged_and_takes_no_cell_away()
    {
        var tiled = await OpenAsync(100, 50, (x, y) => x < 40 ? ((byte)20, (byte)110, (byte)80) : PaintedSlide.Tissue(x, y));

        Assert.Equal([PatchQualities.PenOrBorder | PatchQualities.LittleTissue, PatchQualities.None], tiled.TissueCells.Select(cell => cell.Qualities));
    }

    [Fact]
    public async Task Blood_is_tissue_although_a_red_pen_has_its_colour()
    {
        var tiled = await OpenAsync(50, 50, (_, _) => (180, 20, 30));

        Assert.Single(tiled.TissueCells);
    }

    [Fact]
    public async Task A_dark_slide_with_one_bright_channel_has_colours_to_be_warned_of_even_where_no_cell_is_planned()
    {
        var tiled = await OpenAsync(150, 100, (x, y) => (x / 5) + (y / 5) is var square && square % 7 == 0 ? ((byte)2, (byte)190, (byte)20) : ((byte)2, (byte)3, (byte)2));

        Assert.Empty(tiled.TissueCells);
        Assert.Equal((0, 6), (tiled.Tiled.NoTissueCells, tiled.Tiled.ExcludedCells));
        Assert.True(tiled.Tiled.Stain!.Density > 1);
    }

    [Fact]
    public async Task A_blurred_patch_is_flagged_and_planned()
    {
        using var sharp = Image.NewFromBuffer(PaintedSlide.Png(50, 50, PaintedSlide.Tissue));
        using var blurred = sharp.Gaussblur(2);
        using var both = sharp.Join(blurred, Enums.Direction.Horizontal);

        var tiled = await CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(both.PngsaveBuffer()), Request, TestContext.Current.CancellationToken);

        Assert.Equal([PatchQualities.None, PatchQualities.Blurred], tiled.TissueCells.Select(cell => cell.Qualities));
    }

    [Fact]
    public void Kinds_follow_from_hue_saturation_and_value()
    {
        var rules = TissueRules.Default;
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Sample((red, green, blue) =>
        {
            double max = Math.Max(red, Math.Max(green, blue)), chroma = max - Math.Min(red, Math.Min(green, blue));
            var saturation = max == 0 ? 0 : 255 * chroma / max;
            var hue = chroma == 0 ? 0
                : max == red ? 60 * (green - blue) / chroma
                : max == green ? 120 + (60 * (blue - red) / chroma)
                : 240 + (60 * (red - green) / chroma);
            var isCool = hue is >= 70 and < 245;
            var expected = max < 50 || (max < 110 && saturation < 38) ? PixelKind.InkOrBlack
                : saturation < 8 || (isCool && saturation < 38) ? PixelKind.Glass
                : isCool ? PixelKind.InkOrBlack
                : PixelKind.Tissue;

            Assert.Equal(expected, rules.KindOf(red, green, blue));
        });
    }

    [Theory]
    [InlineData(50)]
    [InlineData(64)]
    [InlineData(47)]
    public async Task The_mask_given_back_plans_the_same_cells(int side)
    {
        // Not a whole number of cells or mask pixels, and tissue of all shares.
        var random = new Random(side);
        var circles = Enumerable.Range(0, 60).Select(_ => (X: random.Next(907), Y: random.Next(633), R: random.Next(2, 60))).ToArray();
        var png = PaintedSlide.Png(907, 633, (x, y) => Array.Exists(circles, c => ((x - c.X) * (x - c.X)) + ((y - c.Y) * (y - c.Y)) < c.R * c.R) ? PaintedSlide.Stroma : PaintedSlide.Glass);
        var request = Request with { PatchSidePixels = side, StridePixels = side };
        var found = await CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(png), request, TestContext.Current.CancellationToken);

        var given = await CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(png), request with { Mask = found.Tiled.MaskPng }, TestContext.Current.CancellationToken);

        Assert.InRange(found.TissueCells.Length, 5, (found.Grid.Rows * found.Grid.Columns) - 5);
        Assert.Equal(found.TissueCells.Select(cell => cell.Cell), given.TissueCells.Select(cell => cell.Cell));
        Assert.Equal(found.Tiled.MaskPng, given.Tiled.MaskPng);
    }

    [Fact]
    public async Task Cells_outside_the_wanted_region_are_counted_and_not_planned()
    {
        var slide = PaintedSlide.Png(400, 200, (x, y) => x < 200 ? PaintedSlide.Tissue(x, y) : PaintedSlide.Glass);

        var tiled = await CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(slide), Request with { Region = new PixelRegion(100, 0, 200, 100) }, TestContext.Current.CancellationToken);

        Assert.Equal((4, 4, 24), (tiled.TissueCells.Length, tiled.Tiled.NoTissueCells, tiled.Tiled.OutsideRegionCells));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(20)]
    [InlineData(7)]
    public async Task Patches_that_overlap_are_drawn_where_their_tissue_is(int stride)
    {
        var slide = PaintedSlide.Png(200, 150, (x, _) => x < 100 ? PaintedSlide.Stroma : PaintedSlide.Glass);

        var tiled = await CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(slide), Request with { StridePixels = stride }, TestContext.Current.CancellationToken);

        using var mask = Image.NewFromBuffer(tiled.Tiled.MaskPng);
        using var white = mask.Crop(0, 0, mask.Width / 2, mask.Height * 9 / 10);
        using var black = mask.Crop(mask.Width / 2, 0, mask.Width / 2, mask.Height);
        Assert.Equal((255.0, 0.0), (white.Min(), black.Max()));
    }

    [Theory]
    [InlineData(400, 200)]
    [InlineData(8, 4)]
    [InlineData(133, 67)]
    public async Task A_users_mask_of_any_size_says_what_is_tissue(int width, int height)
    {
        // Tissue everywhere; the mask wants the left half.
        var slide = PaintedSlide.Png(400, 200, PaintedSlide.Tissue);
        var mask = PaintedSlide.Png(width, height, (x, _) => x < width / 2 ? ((byte)0, (byte)0, (byte)1) : ((byte)0, (byte)0, (byte)0));

        var tiled = await CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(slide), Request with { Mask = mask, MinTissueFraction = 0.5 }, TestContext.Current.CancellationToken);

        Assert.Equal(16, tiled.TissueCells.Length);
        Assert.All(tiled.TissueCells, cell => Assert.True(cell.Column < 4));
        Assert.Equal(16, tiled.Tiled.NoTissueCells);
    }

    [Fact]
    public async Task A_mask_of_other_proportions_is_refused_with_both_sizes()
    {
        var failure = await RefusedAsync(PaintedSlide.Png(300, 200, PaintedSlide.Tissue));

        Assert.Contains("300 × 200 px, the slide 400 × 200", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mask_that_is_no_png_is_refused() => Assert.Contains("no PNG", (await RefusedAsync("no mask"u8.ToArray())).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task A_mask_that_is_cut_off_is_refused()
    {
        var random = new Random(1);
        var whole = PaintedSlide.Png(400, 200, (_, _) => ((byte)random.Next(256), 0, 0));

        Assert.Contains("no PNG", (await RefusedAsync(whole[..(whole.Length / 2)])).Reason, StringComparison.Ordinal);
    }

    private static TilingRequest Request => SlideUnderTest.Request(4) with { MinTissueFraction = new TilingOptions().MinTissueFraction };

    private static Task<CollectedSlide> OpenAsync(int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> colour) =>
        CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(PaintedSlide.Png(width, height, colour)), Request, TestContext.Current.CancellationToken);

    private static async Task<SlideFailure> RefusedAsync(byte[] mask)
    {
        var slide = PaintedSlide.Png(400, 200, PaintedSlide.Tissue);
        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() =>
            CollectedSlide.OpenAsync(new Fixtures.MemoryRangeSource(slide), Request with { Mask = mask }, TestContext.Current.CancellationToken));
        Assert.Equal("mask-unusable", refused.Failure.Code);
        return refused.Failure;
    }
}
