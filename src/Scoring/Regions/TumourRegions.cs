using System.Collections.Immutable;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring.Regions;

/// <summary>
/// Finds the connected regions of positive patches: neighbours in the grid belong together, corner to corner too, as
/// QuPath merges touching tiles.
/// </summary>
public static class TumourRegions
{
    /// <summary>The regions, the largest first; of equal ones the upper, then the left one.</summary>
    public static ImmutableArray<TumourRegion> Find(ScoredRun run)
    {
        var open = run.Scores.Where(score => score.Probability >= run.DecisionThreshold).ToDictionary(score => score.Cell);
        var regions = new List<(PatchCell First, TumourRegion Region)>();
        foreach (var start in open.Keys.Order().ToList())
        {
            if (open.Remove(start, out var first))
            {
                regions.Add((start, Measure(run.Plan.Grid, Collect(first, open))));
            }
        }

        return [.. regions.OrderByDescending(region => region.Region.AreaMm2).ThenBy(region => region.First).Select(region => region.Region)];
    }

    private static List<PatchScore> Collect(PatchScore first, Dictionary<PatchCell, PatchScore> open)
    {
        var collected = new List<PatchScore> { first };
        for (var i = 0; i < collected.Count; i++)
        {
            var (row, column) = collected[i].Cell;
            for (var at = 0; at < 9; at++)
            {
                if (open.Remove(new PatchCell(row - 1 + (at / 3), column - 1 + (at % 3)), out var neighbour))
                {
                    collected.Add(neighbour);
                }
            }
        }

        return collected;
    }

    private static TumourRegion Measure(PatchGrid grid, List<PatchScore> patches)
    {
        var places = patches.Select(patch => grid.RegionOf(patch.Cell)).ToList();
        var (minX, minY) = (places.Min(place => place.MinX), places.Min(place => place.MinY));
        return new TumourRegion(
            patches.Count,
            grid.AreaMm2(patches.Select(patch => patch.Cell)),
            new PixelRegion(minX, minY, places.Max(place => place.MaxX) - minX, places.Max(place => place.MaxY) - minY),
            patches.Order(ByCell).Average(patch => (double)patch.Probability),
            patches.Max(patch => patch.Probability));
    }

    /// <summary>Sums in grid order are the same on every machine.</summary>
    private static readonly Comparer<PatchScore> ByCell = Comparer<PatchScore>.Create(static (one, other) => one.Cell.CompareTo(other.Cell));
}
