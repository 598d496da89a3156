using CsCheck;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling.Tests;

/// <summary>Slides whose colours tell where they are: a patch's pixels come from where the grid says.</summary>
public sealed class PatchPlaceTests
{
    private const double Target = 4;

    /// <summary>Half a target pixel of <see cref="SyntheticSlide.Wave"/>, plus the rounding of level and target to bytes.</summary>
    private const double MostOff = (0.5 * 2 * 255 / SyntheticSlide.PositionPeriod) + 1.01;

    /// <summary>Target pixels around a turn of the wave, where the mean over a pixel is not the middle's value.</summary>
    private const double Turn = 1.5;

    private static readonly int[][] Pyramids = [[1], [1, 2, 4, 8, 16], [1, 4, 16], [1, 3, 9], [1, 5]];

    private static readonly Gen<(int Width, int Height, double X, double Y, int[] Downsamples)> Slides =
        from scale in Gen.Double[0.2, 4.15]
        from ratio in Gen.Double[0.9, 1 / 0.9]
        from width in Gen.Double[51, 230]
        from height in Gen.Double[51, 230]
        from pyramid in Gen.Int[0, Pyramids.Length - 1]
        let y = Math.Min(scale * ratio, 4.15)
        select ((int)(width * Target / scale) + 1, (int)(height * Target / y) + 1, scale, y, Pyramids[pyramid]);

    [Fact]
    public async Task A_patchs_pixels_come_from_their_place_at_any_size_spacing_and_pyramid() =>
        await Slides.SampleAsync(
            async slide =>
            {
                var (width, height, x, y, downsamples) = slide;
                var content = new SyntheticTiff { Downsamples = downsamples, Description = SyntheticTiff.Ome(x, y) }.Encode(SyntheticSlide.OfPositions(width, height, Target / x, Target / y));
                AssertPlaces(await SlideUnderTest.OpenAsync(content));
            },
            iter: 40,
            threads: 1);

    [Theory]
    [InlineData(1631, 1615)]
    [InlineData(3215, 2431)]
    public async Task Libvips_own_pyramid_does_not_drift_to_the_right_where_its_levels_are_cut_to_whole_pixels(int width, int height) =>
        AssertPlaces(await SlideUnderTest.OpenAsync(SyntheticSlide.OfPositions(width, height, 16, 16).ToLibvipsPyramid(0.25)));

    [Fact]
    public async Task Cells_abut_and_stay_inside_the_slide() =>
        await (from columns in Gen.Int[1, 12]
               from rows in Gen.Int[1, 12]
               from more in Gen.Int[-3, 3]
               from x in Gen.Double[0.011, 4.2]
               from y in Gen.Double[0.011, 4.2]
               let width = (long)(columns * 50 * Target / x) + more
               let height = (long)(rows * 50 * Target / y) - more
               select new SlideProperties("tiff", width, height, x, y, "slide", 0, width, height).GridFor(Target, 50, 50)).SampleAsync(
            grid =>
            {
                for (var column = 0; column < grid.Columns; column++)
                {
                    for (var row = 0; row < grid.Rows; row++)
                    {
                        var region = grid.RegionOf(new(row, column));
                        Assert.InRange(region.MaxX, region.MinX + 1, grid.SlideWidth);
                        Assert.InRange(region.MaxY, region.MinY + 1, grid.SlideHeight);
                        Assert.Equal(region.MaxX, grid.RegionOf(new(row, column + 1)).MinX);
                        Assert.Equal(region.MaxY, grid.RegionOf(new(row + 1, column)).MinY);
                    }
                }

                return Task.CompletedTask;
            },
            iter: 2000,
            threads: 1);

    [Theory]
    [InlineData(0.25, 2)]
    [InlineData(0.2520, 2)]
    [InlineData(0.2527, 2)]
    [InlineData(0.2621, 2)]
    [InlineData(0.2640, 1)]
    [InlineData(0.5, 1)]
    [InlineData(1.05, 1)]
    [InlineData(1.06, 0)]
    [InlineData(4.2, 0)]
    public async Task The_coarsest_level_at_most_5_percent_coarser_than_the_model_is_read(double mpp, int level)
    {
        var side = (int)(50 * Target / mpp) + 31;
        foreach (var (width, height) in new[] { (side, side), (side + 7, side + 16), (side + 15, side + 1) })
        {
            var slide = SyntheticSlide.OfGlass(width, height);
            foreach (var hasSubImages in new[] { false, true })
            {
                var tiled = await SlideUnderTest.OpenAsync(new SyntheticTiff { Description = SyntheticTiff.Aperio(mpp), HasSubImages = hasSubImages }.Encode(slide));

                Assert.Equal(level, tiled.Properties.Level);
            }
        }
    }

    [Fact]
    public async Task The_finest_level_fits_at_every_size_and_spacing_up_to_5_percent() =>
        await Gen.Select(Gen.Int[48, 120], Gen.Double[4.0, 4.2]).SampleAsync(
            async slide =>
            {
                var (side, mpp) = slide;
                if (side * mpp >= 200)
                {
                    var tiled = await SlideUnderTest.OpenAsync(SyntheticSlide.OfPositions(side, side, Target / mpp, Target / mpp).ToPng(), mpp);
                    AssertPlaces(tiled);
                }
            },
            iter: 60,
            threads: 1);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.2)]
    [InlineData(0.4)]
    [InlineData(0.8)]
    public async Task A_level_at_the_models_spacing_but_for_floating_point_is_read_to_its_end(double mpp)
    {
        // 4 / (0.1 * width / (width / 40)) is 1 but for its last bit; the level has rows below the last whole patch.
        var downsample = (int)Math.Round(Target / mpp);
        for (var more = 0; more < 5; more++)
        {
            var (width, height) = (downsample * (55 + more), downsample * 52);
            AssertPlaces(await SlideUnderTest.OpenAsync(
                new SyntheticTiff { Downsamples = [1, downsample], Description = SyntheticTiff.Aperio(mpp) }.Encode(SyntheticSlide.OfPositions(width, height, downsample, downsample))));
        }
    }

    [Fact]
    public async Task A_patch_that_reaches_beyond_a_level_cut_to_whole_pixels_repeats_its_last_pixels()
    {
        // 1,535 px are 47.97 of the 32x level, which has 47; its last target pixel begins at 47.01.
        const double Mpp = 200 / 1535.0;
        var slide = SyntheticSlide.OfPositions(1535, 1535, Target / Mpp, Target / Mpp);

        var tiled = await SlideUnderTest.OpenAsync(new SyntheticTiff { Downsamples = [1, 32], TileSide = 64, ResolutionUmPx = (Mpp, Mpp) }.Encode(slide));

        Assert.Equal((1, 47, 47), (tiled.Properties.Level, tiled.Properties.LevelWidth, tiled.Properties.LevelHeight));
        AssertPlaces(tiled);
    }

    private static void AssertPlaces(CollectedSlide tiled)
    {
        Assert.InRange(tiled.Grid.Columns, 1, 1000);
        Assert.InRange(tiled.Grid.Rows, 1, 1000);
        var patch = new byte[7500];
        for (var row = 0; row < tiled.Grid.Rows; row++)
        {
            for (var column = 0; column < tiled.Grid.Columns; column++)
            {
                tiled.Cut([new PlannedCell(row, column, PatchQualities.None)], patch);
                for (var i = 0; i < 2500; i++)
                {
                    AssertPlace((column * 50) + (i % 50), patch[i * 3], tiled, row, column);
                    AssertPlace((row * 50) + (i / 50), patch[(i * 3) + 1], tiled, row, column);
                }

                Assert.Equal(255 * ((column * 50) + 25) / tiled.Grid.TargetWidth, patch[(1250 + 25) * 3 + 2], 6.0);
            }
        }
    }

    private static void AssertPlace(int targetPixel, byte actual, CollectedSlide tiled, int row, int column)
    {
        var middle = targetPixel + 0.5;
        var fromTurn = middle % (SyntheticSlide.PositionPeriod / 2.0);
        if (fromTurn is > Turn and < (SyntheticSlide.PositionPeriod / 2.0) - Turn)
        {
            var off = Math.Abs(SyntheticSlide.Wave(middle) - actual);
            Assert.True(off <= MostOff, $"Target pixel {targetPixel} of cell {row}-{column} is off by {off:0.0} of 255 in {tiled.Properties}.");
        }
    }
}
