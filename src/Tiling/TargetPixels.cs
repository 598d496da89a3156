using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Reading;
using NetVips;

namespace IdcFunctions.Tiling;

/// <summary>
/// A slide at the model's spacing, as far as whole patches reach: uint8 RGB, row by row. Each pixel is the mean of the
/// area that it covers in the level (box filter, edges weighted by their share), so cells lie exactly on the grid.
/// A level at the target spacing is taken as it is, byte for byte.
/// </summary>
public sealed class TargetPixels
{
    private const int RowsAtOnce = 64;

    private TargetPixels(int width, int height)
    {
        Width = width;
        Height = height;
        Bytes = new byte[(long)width * height * 3];
    }

    /// <summary>Width in target pixels.</summary>
    public int Width { get; }

    /// <summary>Height in target pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, width × height × 3.</summary>
    public byte[] Bytes { get; }

    /// <summary>Reads the level once, from top to bottom, and reduces it.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded to its end.</exception>
    public static TargetPixels Read(SlideReader slide, PatchGrid grid, string name, CancellationToken cancellationToken)
    {
        if ((long)grid.Columns * grid.Rows * grid.PatchSidePixels * grid.PatchSidePixels * 3 > Array.MaxLength)
        {
            throw SlideFailures.TooLarge(name, $"its grid has {grid.Columns} × {grid.Rows} patches.");
        }

        var target = new TargetPixels(grid.Columns * grid.PatchSidePixels, grid.Rows * grid.PatchSidePixels);
        try
        {
            var properties = slide.Properties;
            var scaleX = grid.TargetSpacingUmPx / (properties.SpacingX * properties.Width / properties.LevelWidth);
            var scaleY = grid.TargetSpacingUmPx / (properties.SpacingY * properties.Height / properties.LevelHeight);
            new BoxReduction(target, slide.Pixels, scaleX, scaleY).Run(cancellationToken);
            return target;
        }
        catch (VipsException exception)
        {
            throw slide.ReadFailure ?? SlideFailures.Damaged(name, SlideReader.FirstLine(exception), exception);
        }
    }

    /// <summary>Copies one patch, side × side × 3 bytes.</summary>
    public void CopyPatch(PatchCell cell, int side, Span<byte> patch)
    {
        var rowBytes = side * 3;
        for (var y = 0; y < side; y++)
        {
            var from = (((((long)cell.Row * side) + y) * Width) + ((long)cell.Column * side)) * 3;
            Bytes.AsSpan((int)from, rowBytes).CopyTo(patch[(y * rowBytes)..]);
        }
    }

    private sealed class BoxReduction(TargetPixels target, Image level, double scaleX, double scaleY)
    {
        private readonly float[] reduced = new float[target.Width * 3];
        private readonly float[] sums = new float[target.Width * 3];
        private float collected;

        public void Run(CancellationToken cancellationToken)
        {
            var isExact = Math.Abs(scaleX - 1) < 1e-9 && Math.Abs(scaleY - 1) < 1e-9;
            var lastRow = (int)Math.Min(level.Height, Math.Ceiling(target.Height * scaleY));
            var targetRow = 0;
            using var region = Region.New(level);
            for (var top = 0; top < lastRow; top += RowsAtOnce)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(RowsAtOnce, lastRow - top);
                var bytes = region.Fetch(0, top, level.Width, rows);
                for (var row = 0; row < rows; row++)
                {
                    var source = bytes.AsSpan(row * level.Width * 3, level.Width * 3);
                    if (isExact)
                    {
                        source[..(target.Width * 3)].CopyTo(target.Bytes.AsSpan((top + row) * target.Width * 3));
                    }
                    else
                    {
                        ReduceRow(source);
                        targetRow = Distribute(top + row, targetRow);
                    }
                }
            }

            if (!isExact && targetRow < target.Height)
            {
                Emit(targetRow);
            }
        }

        private void ReduceRow(ReadOnlySpan<byte> source)
        {
            var width = source.Length / 3;
            for (var x = 0; x < target.Width; x++)
            {
                var (from, to) = (x * scaleX, Math.Min((x + 1) * scaleX, width));
                float red = 0, green = 0, blue = 0, area = 0;
                for (var i = (int)from; i < to; i++)
                {
                    var share = (float)(Math.Min(i + 1, to) - Math.Max(i, from));
                    red += source[i * 3] * share;
                    green += source[(i * 3) + 1] * share;
                    blue += source[(i * 3) + 2] * share;
                    area += share;
                }

                (reduced[x * 3], reduced[(x * 3) + 1], reduced[(x * 3) + 2]) = (red / area, green / area, blue / area);
            }
        }

        /// <summary>Adds a level row to the target rows that it overlaps; returns the first that is not complete.</summary>
        private int Distribute(int row, int targetRow)
        {
            while (targetRow < target.Height)
            {
                var (from, to) = (targetRow * scaleY, (targetRow + 1) * scaleY);
                var share = (float)(Math.Min(row + 1, to) - Math.Max(row, from));
                if (share > 0)
                {
                    for (var i = 0; i < sums.Length; i++)
                    {
                        sums[i] += reduced[i] * share;
                    }

                    collected += share;
                }

                if (to > row + 1)
                {
                    return targetRow;
                }

                Emit(targetRow++);
            }

            return targetRow;
        }

        private void Emit(int targetRow)
        {
            var row = target.Bytes.AsSpan(targetRow * target.Width * 3, target.Width * 3);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = (byte)Math.Clamp(MathF.Round(sums[i] / collected), 0, 255);
                sums[i] = 0;
            }

            collected = 0;
        }
    }
}
