using IdcFunctions.Scoring.Regions;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Scoring.Tests.Regions;

/// <summary>Regions, uncertainty and comparison of runs drawn as text: a letter a cell, its probability by letter.</summary>
public sealed class TumourRegionsTests
{
    [Fact]
    public void Cells_that_touch_at_a_corner_are_one_region_and_the_largest_comes_first()
    {
        var regions = TumourRegions.Find(Run(
            "X..X",
            ".X..",
            "....",
            "X..."));

        // A patch is 200 × 200 µm, 400 px of 0.5 µm.
        Assert.Equal([(2, 0.08), (1, 0.04), (1, 0.04)], regions.Select(region => (region.Patches, Math.Round(region.AreaMm2, 9))));
        Assert.Equal(
            [new PixelRegion(0, 0, 800, 800), new PixelRegion(1200, 0, 400, 400), new PixelRegion(0, 1200, 400, 400)],
            regions.Select(region => region.Box));
    }

    [Fact]
    public void A_row_of_a_thousand_cells_is_one_region() =>
        Assert.Equal(1000, Assert.Single(TumourRegions.Find(Run(new string('X', 1000)))).Patches);

    [Fact]
    public void The_regions_areas_add_up_to_the_tumours()
    {
        var run = Run("XX.X", "..X.", "XXXX", "....", "x.xX");

        Assert.Equal(run.TumourAreaMm2, TumourRegions.Find(run).Sum(region => region.AreaMm2), 1e-9);
    }

    [Fact]
    public void The_least_certain_patch_is_the_one_nearest_to_the_threshold() =>
        Assert.Equal(
            [new PatchCell(0, 2), new PatchCell(0, 1), new PatchCell(0, 0), new PatchCell(0, 3)],
            UncertainPatch.LeastCertain(Run(".xoX")).Select(patch => patch.Cell));

    [Fact]
    public void Of_two_patches_at_the_same_margin_the_one_that_turning_changes_more_is_the_less_certain()
    {
        var run = Run("xx");

        var turned = run with { Scores = [run.Scores[0], run.Scores[1] with { Spread = 0.05f }] };

        Assert.Equal(new PatchCell(0, 1), UncertainPatch.LeastCertain(turned)[0].Cell);
    }

    [Fact]
    public void A_run_agrees_with_itself_and_with_its_opposite_in_nothing()
    {
        var (run, opposite) = (Run("XX..", "X..."), Run("..XX", ".XXX"));

        var same = RunComparison.Of(run, run)!;
        var other = RunComparison.Of(run, opposite)!;

        Assert.Equal((1.0, 3, 5, 0), (same.Agreement, same.BothPositive, same.BothNegative, same.Flipped.Length));
        Assert.Equal((0.0, 8), (other.Agreement, other.Flipped.Length));
        Assert.Equal(0.08, other.TumourAreaDifferenceMm2, 1e-9);
    }

    [Fact]
    public void Runs_of_different_grids_are_not_compared() => Assert.Null(RunComparison.Of(Run("X."), Run("X..")));

    private static ScoredRun Run(params string[] rows)
    {
        var settings = new RunSettings("a.svs", "\"0x1\"", 1000, "m", "1.0.0", "ab", new TilingSettings(null, 4, 50, 50, null, false, "box", 0.05, 256, "1"), "");
        var plan = new TilingPlan(1, settings, DateTimeOffset.UnixEpoch, new SlideProperties("tiff", rows[0].Length * 400, rows.Length * 400, 0.5, 0.5, "slide", 0, rows[0].Length * 400, rows.Length * 400), 10, 1, []);
        var scores = rows.SelectMany((row, y) => row.Select((letter, x) => new PatchScore(new PatchCell(y, x), letter switch { 'X' => 0.9f, 'x' => 0.6f, 'o' => 0.45f, _ => 0.2f }, PatchQualities.None)));
        return new ScoredRun(plan, [.. scores], 0.5);
    }
}
