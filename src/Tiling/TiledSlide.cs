using System.Collections.Immutable;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>A slide at the model's spacing, with its tissue: ready to be cut.</summary>
public sealed class TiledSlide
{
    private readonly TargetPixels pixels;

    internal TiledSlide(SlideProperties properties, PatchGrid grid, TargetPixels pixels, ImmutableArray<PlannedCell> tissueCells)
    {
        this.pixels = pixels;
        Properties = properties;
        Grid = grid;
        TissueCells = tissueCells;
    }

    /// <summary>What was read.</summary>
    public SlideProperties Properties { get; }

    /// <summary>The slide's grid.</summary>
    public PatchGrid Grid { get; }

    /// <summary>The cells with tissue, in grid order; empty for a slide without tissue, which is no error.</summary>
    public ImmutableArray<PlannedCell> TissueCells { get; }

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
