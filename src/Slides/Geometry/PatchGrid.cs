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
public sealed record PatchGrid(long SlideWidth, long SlideHeight, MicronsPerPixel SlideSpacing, double TargetSpacingUmPx, int PatchSidePixels)
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
    public int Columns => checked((int)Math.Floor((TargetWidth + EdgeSlackPixels(SlideSpacing.X)) / PatchSidePixels));

    /// <summary>Whole patches from top to bottom.</summary>
    public int Rows => checked((int)Math.Floor((TargetHeight + EdgeSlackPixels(SlideSpacing.Y)) / PatchSidePixels));

    /// <summary>Exact left edge of a column in level-0 pixels.</summary>
    public double LeftEdge(int column) => column * PatchSideUm / SlideSpacing.X;

    /// <summary>Exact top edge of a row in level-0 pixels.</summary>
    public double TopEdge(int row) => row * PatchSideUm / SlideSpacing.Y;

    /// <summary>The cell in level-0 pixels: both edges rounded, so that neighbours share them.</summary>
    public PixelRegion RegionOf(PatchCell cell)
    {
        var minX = Round(LeftEdge(cell.Column));
        var minY = Round(TopEdge(cell.Row));
        return new PixelRegion(minX, minY, Round(LeftEdge(cell.Column + 1)) - minX, Round(TopEdge(cell.Row + 1)) - minY);
    }

    private double EdgeSlackPixels(double spacing) => Math.Min(MostEdgeSlackPixels, 0.49 * spacing / TargetSpacingUmPx);

    private static long Round(double edge) => (long)Math.Round(edge, MidpointRounding.AwayFromZero);
}
