using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Scoring.Exports;

/// <summary>
/// A run's heatmap: each cell of the grid a square of <see cref="CellPixels"/> px, transparent where nothing was
/// scored. Its left and top edges are the slide's.
/// </summary>
public static class HeatmapPng
{
    /// <summary>Side of a cell in the picture.</summary>
    public const int CellPixels = 8;

    /// <summary>
    /// Points at which overlapping patches are averaged, at most: 4 million take 64 MB. Where the edges of cells have more
    /// (a stride that has no divisor with the patch's side), every second, third … is taken.
    /// </summary>
    private const int MostPoints = 1 << 22;

    /// <summary>
    /// Colours at probabilities 0, 0.25, 0.5, 0.75 and 1: dark blue to yellow with lightness rising evenly, readable with
    /// any colour vision and in print without colour.
    /// </summary>
    private static readonly byte[][] Colours = [[0, 32, 77], [65, 77, 107], [124, 123, 120], [188, 175, 111], [255, 234, 70]];

    /// <summary>Draws the picture, RGBA PNG: where patches overlap, the mean of those that cover a place.</summary>
    public static byte[] Write(TilingPlan plan, IReadOnlyList<PatchScore> scores)
    {
        var grid = plan.Grid;
        var unit = grid.LatticePixels;
        var (across, down, side) = (grid.PixelWidth / unit, grid.PixelHeight / unit, grid.PatchSidePixels / unit);
        var step = (int)Math.Max(1, Math.Ceiling(Math.Sqrt((double)across * down / MostPoints)));
        var (width, height) = ((across + step - 1) / step, (down + step - 1) / step);
        var sums = new float[width * height];
        var counts = new int[width * height];
        foreach (var score in scores)
        {
            var (left, top) = (score.Cell.Column * grid.StridePixels / unit, score.Cell.Row * grid.StridePixels / unit);
            var (endX, endY) = (Math.Min(width, PointFrom(left + side, step)), Math.Min(height, PointFrom(top + side, step)));
            for (var y = PointFrom(top, step); y < endY; y++)
            {
                for (var x = PointFrom(left, step); x < endX; x++)
                {
                    sums[(y * width) + x] += score.Probability;
                    counts[(y * width) + x]++;
                }
            }
        }

        var colours = new byte[width * height * 4];
        for (var place = 0; place < counts.Length; place++)
        {
            if (counts[place] > 0)
            {
                ColourOf(sums[place] / counts[place], colours.AsSpan(place * 4, 4));
            }
        }

        using var small = Image.NewFromMemory(colours, width, height, 4, Enums.BandFormat.Uchar);
        using var interpreted = small.Copy(interpretation: Enums.Interpretation.Srgb);
        var zoom = Math.Max(1, CellPixels * step / side);
        using var large = interpreted.Zoom(zoom, zoom);
        return large.PngsaveBuffer(compression: 6, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The first point at or beyond a place of the lattice; points stand in the middle of their steps.</summary>
    private static int PointFrom(int place, int step) => Math.Max(0, place - (step / 2) + step - 1) / step;

    /// <summary>The colour of a probability, RGBA.</summary>
    /// <param name="probability">In [0, 1].</param>
    /// <param name="rgba">Gets the colour, four bytes.</param>
    public static void ColourOf(float probability, Span<byte> rgba)
    {
        var position = Math.Clamp(probability, 0f, 1f) * (Colours.Length - 1);
        var below = Math.Min((int)position, Colours.Length - 2);
        var share = position - below;
        for (var band = 0; band < 3; band++)
        {
            rgba[band] = (byte)Math.Round((Colours[below][band] * (1 - share)) + (Colours[below + 1][band] * share));
        }

        rgba[3] = 255;
    }
}
