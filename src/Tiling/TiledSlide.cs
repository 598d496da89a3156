using System.Collections.Immutable;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>A slide at the model's spacing, with its tissue: ready to be cut.</summary>
public sealed class TiledSlide
{
    private readonly TargetPixels pixels;

    internal TiledSlide(SlideProperties properties, PatchGrid grid, TargetPixels pixels, TissueMask mask)
    {
        this.pixels = pixels;
        Properties = properties;
        Grid = grid;
        Mask = mask;
    }

    /// <summary>What was read.</summary>
    public SlideProperties Properties { get; }

    /// <summary>The slide's grid.</summary>
    public PatchGrid Grid { get; }

    /// <summary>The cells with tissue, in grid order; empty for a slide without tissue, which is no error.</summary>
    public ImmutableArray<PlannedCell> TissueCells => Mask.Cells;

    /// <summary>What is tissue, what was left out and why, and the tissue's colours.</summary>
    public TissueMask Mask { get; }

    /// <summary>Cells that are neither planned nor excluded nor outside the wanted region.</summary>
    public int NoTissueCells => (Grid.Columns * Grid.Rows) - TissueCells.Length - Mask.ExcludedCells - Mask.OutsideRegionCells;

    /// <summary>Cuts patches.</summary>
    /// <param name="cells">The cells, of this plan or of an older one.</param>
    /// <param name="patches">Gets uint8 RGB, NHWC [cells, side, side, 3].</param>
    public void Cut(ReadOnlySpan<PlannedCell> cells, Span<byte> patches)
    {
        var patchBytes = Grid.PatchSidePixels * Grid.PatchSidePixels * 3;
        for (var i = 0; i < cells.Length; i++)
        {
            pixels.CopyPatch(cells[i].Cell, Grid, patches.Slice(i * patchBytes, patchBytes));
        }
    }
}
