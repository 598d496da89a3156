using System.Numerics;

namespace IdcFunctions.Slides.Geometry;

/// <summary>
/// The grid of patches over a slide, anchored at level 0's origin. A cell's edges are exact
/// (<c>column · side · target / mpp</c>) and only then rounded to level-0 pixels, so that neighbours abut and nothing
/// drifts: rounding a cell's size once instead is 46 px off by column 103 of a usual slide.
/// </summary>
/// <param name="SlideWidth">Level-0 width in pixels.</param>
/// <param name="SlideHeight">Level-0 height in pixels.</param>
/// <param name="SlideSpacing">Level 0's µm/px.</param>
/// <param name="TargetSpacingUmPx">The model's µm/px (4 for this data set).</param>
/// <param name="PatchSidePixels">A patch's side at the target spacing (50).</param>
/// <param name="StridePixels">From one patch to the next at the target spacing, 1 to <paramref name="PatchSidePixels"/>: shorter than that, patches overlap.</param>
public sealed record PatchGrid(long SlideWidth, long SlideHeight, MicronsPerPixel SlideSpacing, double TargetSpacingUmPx, int PatchSidePixels, int StridePixels)
{
    /// <summary>
    /// Slack for slides whose size is a whole number of patches but for rounding: 1/100 of a target pixel, and less than
    /// half a pixel of level 0, so that a cell's rounded edge stays inside the slide.
    /// </summary>
    private const double MostEdgeSlackPixels = 0.01;

    /// <summary>A patch's side in micrometres (200).</summary>
    public double PatchSideUm => PatchSidePixels * TargetSpacingUmPx;

    /// <summary>A patch's area in mm² (0.04).</summary>
    public double PatchAreaMm2 => PatchSideUm * PatchSideUm / 1e6;

    /// <summary>The slide's width at the target spacing, in target pixels, not rounded.</summary>
    public double TargetWidth => SlideWidth * SlideSpacing.X / TargetSpacingUmPx;

    /// <summary>The slide's height at the target spacing, in target pixels, not rounded.</summary>
    public double TargetHeight => SlideHeight * SlideSpacing.Y / TargetSpacingUmPx;

    /// <summary>Whole patches from left to right; the strip right of the last one, narrower than a patch, has no cell.</summary>
    public int Columns => PlacesIn(TargetWidth + EdgeSlackPixels(SlideSpacing.X));

    /// <summary>Whole patches from top to bottom.</summary>
    public int Rows => PlacesIn(TargetHeight + EdgeSlackPixels(SlideSpacing.Y));

    /// <summary>Width of all cells together, in target pixels.</summary>
    public int PixelWidth => Columns == 0 ? 0 : ((Columns - 1) * StridePixels) + PatchSidePixels;

    /// <summary>Height of all cells together, in target pixels.</summary>
    public int PixelHeight => Rows == 0 ? 0 : ((Rows - 1) * StridePixels) + PatchSidePixels;

    /// <summary>
    /// Spacing in target pixels of the lattice that the edges of all cells lie on; without overlap the patch's side, so
    /// that it is the grid itself.
    /// </summary>
    public int LatticePixels => (int)BigInteger.GreatestCommonDivisor(StridePixels, PatchSidePixels);

    /// <summary>Exact left edge of a column in level-0 pixels.</summary>
    public double LeftEdge(int column) => EdgeX(column * StridePixels);

    /// <summary>Exact top edge of a row in level-0 pixels.</summary>
    public double TopEdge(int row) => EdgeY(row * StridePixels);

    /// <summary>The cell in level-0 pixels: both edges rounded, so that neighbours share them.</summary>
    public PixelRegion RegionOf(PatchCell cell)
    {
        var (x, y) = (cell.Column * StridePixels, cell.Row * StridePixels);
        var (minX, minY) = (Round(EdgeX(x)), Round(EdgeY(y)));
        return new PixelRegion(minX, minY, Round(EdgeX(x + PatchSidePixels)) - minX, Round(EdgeY(y + PatchSidePixels)) - minY);
    }

    /// <summary>Area of the union of cells in mm²: where patches overlap, tissue counts once.</summary>
    public double AreaMm2(IEnumerable<PatchCell> cells)
    {
        if (StridePixels == PatchSidePixels)
        {
            return cells.Count() * PatchAreaMm2;
        }

        var unit = LatticePixels;
        var squares = cells.Select(cell => (Left: cell.Column * StridePixels / unit, Top: cell.Row * StridePixels / unit));
        return SquareUnion.Count(squares, PatchSidePixels / unit) * Math.Pow(unit * TargetSpacingUmPx, 2) / 1e6;
    }

    /// <summary>Cells that share a pixel with a part of the slide; null for the whole slide.</summary>
    public long CellsIn(PixelRegion? part)
    {
        if (part is not { } region)
        {
            return (long)Columns * Rows;
        }

        var (left, top) = (region with { MinY = 0, Height = long.MaxValue }, region with { MinX = 0, Width = long.MaxValue });
        return (long)Enumerable.Range(0, Columns).Count(column => RegionOf(new PatchCell(0, column)).Overlaps(left))
            * Enumerable.Range(0, Rows).Count(row => RegionOf(new PatchCell(row, 0)).Overlaps(top));
    }

    private int PlacesIn(double targetPixels) =>
        targetPixels < PatchSidePixels ? 0 : checked((int)Math.Floor((targetPixels - PatchSidePixels) / StridePixels) + 1);

    private double EdgeX(int targetPixel) => targetPixel * TargetSpacingUmPx / SlideSpacing.X;

    private double EdgeY(int targetPixel) => targetPixel * TargetSpacingUmPx / SlideSpacing.Y;

    private double EdgeSlackPixels(double spacing) => Math.Min(MostEdgeSlackPixels, 0.49 * spacing / TargetSpacingUmPx);

    private static long Round(double edge) => (long)Math.Round(edge, MidpointRounding.AwayFromZero);
}
