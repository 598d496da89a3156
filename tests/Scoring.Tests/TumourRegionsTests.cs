using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring.Tests;

public sealed class TumourRegionsTests
{
    private static readonly PatchGrid Grid = new(8000, 6400, MicronsPerPixel.Square(0.25), 4, 50, 50);

    [Fact]
    public void Cells_that_share_an_edge_are_one_region_and_those_that_share_a_corner_are_two()
    {
        var regions = TumourRegions.Find(Grid, [Score(0, 0, 0.6f), Score(0, 1, 0.9f), Score(1, 2, 0.7f), Score(1, 1, 0.1f)], 0.5);

        Assert.Equal([2, 1], regions.Select(region => region.Cells));
        Assert.Equal(new PixelRegion(0, 0, 1600, 800), regions[0].Box);
        Assert.Equal(0.08, regions[0].AreaMm2, 1e-12);
        Assert.Equal(0.9f, regions[0].MaxProbability);
        Assert.Equal(new PixelRegion(1600, 800, 800, 800), regions[1].Box);
    }

    [Fact]
    public void The_threshold_itself_counts() => Assert.Single(TumourRegions.Find(Grid, [Score(0, 0, 0.5f)], 0.5));

    [Fact]
    public void Nothing_above_the_threshold_is_no_region() => Assert.Empty(TumourRegions.Find(Grid, [Score(0, 0, 0.4f)], 0.5));

    private static PatchScore Score(int row, int column, float probability) => new(new PatchCell(row, column), probability, PatchQualities.None);
}
