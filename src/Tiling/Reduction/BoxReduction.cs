using System.Numerics;
using System.Runtime.InteropServices;
using IdcFunctions.Tiling.Reading.Pixels;

namespace IdcFunctions.Tiling.Reduction;

/// <summary>
/// Reduces a level to the target spacing: each target pixel is the mean of the area that it covers, pixels at its edges
/// weighted by their share. A level at the target spacing is taken as it is, byte for byte. Safe for several threads,
/// each with its own block.
/// </summary>
internal sealed class BoxReduction
{
    private readonly AxisShares across;
    private readonly AxisShares down;
    private readonly int sourceWidth;

    /// <summary>Makes a reduction.</summary>
    /// <param name="width">The target's width in pixels.</param>
    /// <param name="height">The target's height in pixels.</param>
    /// <param name="sourceWidth">The level's width in pixels.</param>
    /// <param name="sourceHeight">The level's height in pixels.</param>
    /// <param name="scaleX">Width of a target pixel in the level's pixels.</param>
    /// <param name="scaleY">Height of a target pixel in the level's pixels.</param>
    public BoxReduction(int width, int height, int sourceWidth, int sourceHeight, double scaleX, double scaleY)
    {
        (Width, Height, this.sourceWidth) = (width, height, sourceWidth);
        IsExact = Math.Abs(scaleX - 1) < 1e-9 && Math.Abs(scaleY - 1) < 1e-9 && sourceWidth >= width && sourceHeight >= height;
        across = new AxisShares(width, sourceWidth, IsExact ? 1 : scaleX);
        down = new AxisShares(height, sourceHeight, IsExact ? 1 : scaleY);
        SourceRows = down.End(height - 1);
    }

    /// <summary>The target's width in pixels.</summary>
    public int Width { get; }

    /// <summary>The target's height in pixels.</summary>
    public int Height { get; }

    /// <summary>True where the level is taken as it is.</summary>
    public bool IsExact { get; }

    /// <summary>Rows of the level that the target covers, from the top.</summary>
    public int SourceRows { get; }

    /// <summary>Reduces one block, whose memory then belongs to the result.</summary>
    public ReducedBlock Reduce(PixelBlock block)
    {
        var (left, right) = across.Covering(block.Left, block.Left + block.Width);
        var (top, bottom) = down.Covering(block.Top, block.Top + block.Height);
        var (columns, rows) = (right - left, bottom - top);
        var complete = block.Left + block.Width < sourceWidth ? 0 : down.Complete(block.Top + block.Height);
        if (IsExact)
        {
            return new ReducedBlock(left, top, columns, rows, [], block, complete);
        }

        using (block)
        {
            return new ReducedBlock(left, top, columns, rows, Sum(block, left, columns, top, rows), null, complete);
        }
    }

    /// <summary>Makes pixels of a row's sums.</summary>
    public void Finish(int row, ReadOnlySpan<float> sums, Span<byte> pixels)
    {
        for (var x = 0; x < Width; x++)
        {
            var area = across.Sum(x) * down.Sum(row);
            for (var i = 3 * x; i < (3 * x) + 3; i++)
            {
                pixels[i] = (byte)Math.Clamp(MathF.Round(sums[i] / area), 0, 255);
            }
        }
    }

    private float[] Sum(PixelBlock block, int left, int columns, int top, int rows)
    {
        var sums = new float[columns * rows * 3];
        var reduced = new float[columns * 3];
        var next = 0;
        for (var row = 0; row < block.Height; row++)
        {
            ReduceRow(block, row, left, reduced);
            var source = block.Top + row;
            while (next < rows && down.End(top + next) <= source)
            {
                next++;
            }

            for (var target = next; target < rows && down.First(top + target) <= source; target++)
            {
                Add(reduced, down.Of(top + target)[source - down.First(top + target)], sums.AsSpan(target * columns * 3, columns * 3));
            }
        }

        return sums;
    }

    private void ReduceRow(PixelBlock block, int row, int left, Span<float> reduced)
    {
        var source = block.Row(row);
        for (var i = 0; i < reduced.Length; i += 3)
        {
            var target = left + (i / 3);
            var (first, end) = (Math.Max(across.First(target), block.Left), Math.Min(across.End(target), block.Left + block.Width));
            var shares = across.Of(target).Slice(first - across.First(target), end - first);
            var pixels = source.Slice((first - block.Left) * 3, shares.Length * 3);
            float red = 0, green = 0, blue = 0;
            for (var pixel = 0; pixel < shares.Length; pixel++)
            {
                red += pixels[pixel * 3] * shares[pixel];
                green += pixels[(pixel * 3) + 1] * shares[pixel];
                blue += pixels[(pixel * 3) + 2] * shares[pixel];
            }

            (reduced[i], reduced[i + 1], reduced[i + 2]) = (red, green, blue);
        }
    }

    private static void Add(ReadOnlySpan<float> reduced, float share, Span<float> sums)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(reduced);
        var to = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] += from[i] * share;
        }

        for (var i = to.Length * Vector<float>.Count; i < sums.Length; i++)
        {
            sums[i] += reduced[i] * share;
        }
    }
}
