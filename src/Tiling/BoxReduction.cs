using System.Numerics;
using System.Runtime.InteropServices;

namespace IdcFunctions.Tiling;

/// <summary>
/// Reduces an image row by row: each target pixel is the mean of the area that it covers, pixels at its edges weighted
/// by their share. Where the target reaches beyond the image (by less than a pixel, since levels are cut to whole ones),
/// the last pixel is repeated.
/// </summary>
/// <param name="target">Gets the reduced image, uint8 RGB, width × height × 3.</param>
/// <param name="width">The target's width in pixels.</param>
/// <param name="height">The target's height in pixels.</param>
/// <param name="sourceWidth">The image's width in pixels.</param>
/// <param name="scaleX">Width of a target pixel in the image's pixels.</param>
/// <param name="scaleY">Height of a target pixel in the image's pixels.</param>
public sealed class BoxReduction(byte[] target, int width, int height, int sourceWidth, double scaleX, double scaleY)
{
    private readonly Column[] columns = MakeColumns(width, sourceWidth, scaleX);
    private readonly float[] shares = MakeShares(width, sourceWidth, scaleX);
    private readonly float[] reduced = new float[width * 3];
    private readonly float[] sums = new float[width * 3];
    private float collected;
    private int sourceRow;
    private int targetRow;

    /// <summary>Adds the image's next row.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        ReduceRow(row);
        Distribute();
        sourceRow++;
    }

    /// <summary>Completes the target after the image's last row.</summary>
    public void Finish()
    {
        while (targetRow < height)
        {
            if (collected == 0)
            {
                reduced.CopyTo(sums, 0);
                collected = 1;
            }

            Emit();
        }
    }

    private static (int First, double From, double To) Span(int x, int sourceWidth, double scaleX)
    {
        var (from, to) = (x * scaleX, Math.Min((x + 1) * scaleX, sourceWidth));
        return from < sourceWidth ? ((int)from, from, to) : (sourceWidth - 1, sourceWidth - 1, sourceWidth);
    }

    private static float[] MakeShares(int width, int sourceWidth, double scaleX)
    {
        var shares = new List<float>();
        for (var x = 0; x < width; x++)
        {
            var (first, from, to) = Span(x, sourceWidth, scaleX);
            for (var i = first; i < to; i++)
            {
                shares.Add((float)(Math.Min(i + 1, to) - Math.Max(i, from)));
            }
        }

        return [.. shares];
    }

    private static Column[] MakeColumns(int width, int sourceWidth, double scaleX)
    {
        var columns = new Column[width];
        for (var x = 0; x < width; x++)
        {
            var (first, from, to) = Span(x, sourceWidth, scaleX);
            var (pixels, area) = (0, 0f);
            for (var i = first; i < to; i++)
            {
                pixels++;
                area += (float)(Math.Min(i + 1, to) - Math.Max(i, from));
            }

            columns[x] = new Column(first, pixels, area);
        }

        return columns;
    }

    private void ReduceRow(ReadOnlySpan<byte> row)
    {
        var (share, to) = (0, 0);
        foreach (var column in columns)
        {
            float red = 0, green = 0, blue = 0;
            var pixels = row.Slice(column.First * 3, column.Pixels * 3);
            for (var i = 0; i + 2 < pixels.Length; i += 3)
            {
                var weight = shares[share++];
                red += pixels[i] * weight;
                green += pixels[i + 1] * weight;
                blue += pixels[i + 2] * weight;
            }

            (reduced[to], reduced[to + 1], reduced[to + 2]) = (red / column.Area, green / column.Area, blue / column.Area);
            to += 3;
        }
    }

    /// <summary>Adds the reduced row to the target rows that it overlaps, and completes those that end in it.</summary>
    private void Distribute()
    {
        while (targetRow < height)
        {
            var (from, to) = (targetRow * scaleY, (targetRow + 1) * scaleY);
            var share = (float)(Math.Min(sourceRow + 1, to) - Math.Max(sourceRow, from));
            if (share > 0)
            {
                AddReduced(share);
                collected += share;
            }

            if (to > sourceRow + 1)
            {
                return;
            }

            Emit();
        }
    }

    private void AddReduced(float share)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(reduced.AsSpan());
        var to = MemoryMarshal.Cast<float, Vector<float>>(sums.AsSpan());
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += from[i] * share;
        }

        for (var i = to.Length * Vector<float>.Count; i < sums.Length; i++)
        {
            sums[i] += reduced[i] * share;
        }
    }

    private void Emit()
    {
        var row = target.AsSpan(targetRow * width * 3, width * 3);
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (byte)Math.Clamp(MathF.Round(sums[i] / collected), 0, 255);
            sums[i] = 0;
        }

        collected = 0;
        targetRow++;
    }

    /// <summary>The image's pixels under a target column, and the sum of their shares.</summary>
    private readonly record struct Column(int First, int Pixels, float Area);
}
