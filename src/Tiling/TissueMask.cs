using System.Collections.Immutable;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>
/// Finds tissue at the model's spacing: a pixel is tissue where stain colours it, that is where its HSV saturation is at
/// least <see cref="MinSaturation"/> (the low fixed saturation threshold that CLAM, Lu et al. 2021, uses by default is 8
/// of 255), and it is not black. Recall comes first: glass is colourless, faint tissue is not.
/// </summary>
public static class TissueMask
{
    /// <summary>Least saturation of tissue, of 255.</summary>
    private const int MinSaturation = 12;

    /// <summary>Below this brightness (of 255) a pixel is a scanner's black border, not stain.</summary>
    private const int MinBrightness = 30;

    private const double LittleTissueBelow = 0.5;

    /// <summary>The cells with at least <paramref name="minFraction"/> of tissue, in grid order.</summary>
    public static ImmutableArray<PlannedCell> FindCells(TargetPixels pixels, PatchGrid grid, double minFraction)
    {
        var side = grid.PatchSidePixels;
        var patch = new byte[side * side * 3];
        var cells = ImmutableArray.CreateBuilder<PlannedCell>();
        for (var row = 0; row < grid.Rows; row++)
        {
            for (var column = 0; column < grid.Columns; column++)
            {
                pixels.CopyPatch(new PatchCell(row, column), grid, patch);
                var fraction = TissueFraction(patch);
                if (fraction >= minFraction)
                {
                    cells.Add(new PlannedCell(row, column, fraction < LittleTissueBelow ? PatchQualities.LittleTissue : PatchQualities.None));
                }
            }
        }

        return cells.ToImmutable();
    }

    private static double TissueFraction(ReadOnlySpan<byte> patch)
    {
        var tissue = 0;
        for (var i = 0; i < patch.Length; i += 3)
        {
            var max = Math.Max(patch[i], Math.Max(patch[i + 1], patch[i + 2]));
            var min = Math.Min(patch[i], Math.Min(patch[i + 1], patch[i + 2]));
            if (max >= MinBrightness && 255 * (max - min) >= MinSaturation * max)
            {
                tissue++;
            }
        }

        return tissue / (patch.Length / 3.0);
    }
}
