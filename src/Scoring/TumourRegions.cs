using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring;

/// <summary>Finds regions of predicted IDC: cells that share an edge belong together.</summary>
public static class TumourRegions
{
    /// <summary>The regions, the largest first.</summary>
    /// <param name="grid">The slide's grid.</param>
    /// <param name="scores">The run's scores.</param>
    /// <param name="threshold">The probability from which a cell counts.</param>
    public static List<TumourRegion> Find(PatchGrid grid, IEnumerable<PatchScore> scores, double threshold)
    {
        var open = scores.Where(score => score.Probability >= threshold).ToDictionary(score => score.Cell, score => score.Probability);
        var regions = new List<TumourRegion>();
        while (open.Count > 0)
        {
            regions.Add(Take(grid, open, open.Keys.First()));
        }

        return [.. regions.OrderByDescending(region => region.AreaMm2).ThenByDescending(region => region.MaxProbability).ThenBy(region => region.Box.MinY).ThenBy(region => region.Box.MinX)];
    }

    private static TumourRegion Take(PatchGrid grid, Dictionary<PatchCell, float> open, PatchCell first)
    {
        var cells = new List<PatchCell> { first };
        open.Remove(first, out var highest);
        for (var next = 0; next < cells.Count; next++)
        {
            var (row, column) = cells[next];
            foreach (var neighbour in (PatchCell[])[new(row - 1, column), new(row + 1, column), new(row, column - 1), new(row, column + 1)])
            {
                if (open.Remove(neighbour, out var probability))
                {
                    cells.Add(neighbour);
                    highest = Math.Max(highest, probability);
                }
            }
        }

        var (topLeft, bottomRight) = (
            grid.RegionOf(new PatchCell(cells.Min(cell => cell.Row), cells.Min(cell => cell.Column))),
            grid.RegionOf(new PatchCell(cells.Max(cell => cell.Row), cells.Max(cell => cell.Column))));
        var box = new PixelRegion(topLeft.MinX, topLeft.MinY, bottomRight.MaxX - topLeft.MinX, bottomRight.MaxY - topLeft.MinY);
        return new TumourRegion(cells.Count, grid.AreaMm2(cells), highest, box);
    }
}
