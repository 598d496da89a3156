using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Reading;
using NetVips;

namespace IdcFunctions.Tiling;

/// <summary>
/// A slide at the model's spacing, as far as whole patches reach: uint8 RGB, row by row. Each pixel is the mean of the
/// area that it covers in the level (<see cref="BoxReduction"/>), so cells lie exactly on the grid.
/// A level at the target spacing is taken as it is, byte for byte.
/// </summary>
public sealed class TargetPixels
{
    private const int MostRowsAtOnce = 64;
    private const int MostBytesAtOnce = 32 << 20;

    private TargetPixels(int width, int height, byte[] bytes)
    {
        Width = width;
        Height = height;
        Bytes = bytes;
    }

    /// <summary>Width in target pixels.</summary>
    public int Width { get; }

    /// <summary>Height in target pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, width × height × 3.</summary>
    public byte[] Bytes { get; }

    /// <summary>Room for a grid's pixels, black.</summary>
    internal static TargetPixels Empty(PatchGrid grid)
    {
        var (width, height) = (grid.PixelWidth, grid.PixelHeight);
        return new TargetPixels(width, height, new byte[width * height * 3]);
    }

    /// <summary>Reads the level once, from top to bottom, and reduces it.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded to its end.</exception>
    public static TargetPixels Read(SlideReader slide, PatchGrid grid, string name, CancellationToken cancellationToken)
    {
        var (width, height) = (grid.PixelWidth, grid.PixelHeight);
        var scaleX = grid.TargetSpacingUmPx / (slide.Properties.SpacingX * slide.Level.DownsampleX);
        var scaleY = grid.TargetSpacingUmPx / (slide.Properties.SpacingY * slide.Level.DownsampleY);
        var level = slide.Pixels;
        var isExact = Math.Abs(scaleX - 1) < 1e-9 && Math.Abs(scaleY - 1) < 1e-9 && level.Width >= width && level.Height >= height;
        var lastRow = isExact ? height : (int)Math.Min(level.Height, Math.Ceiling(height * scaleY));
        var rowsAtOnce = Math.Clamp(MostBytesAtOnce / (level.Width * 3), 1, MostRowsAtOnce);

        // What is claimed gets memory only when the first rows have been decoded.
        byte[]? target = null;
        BoxReduction? reduction = null;
        using var region = Open(slide, name);
        for (var top = 0; top < lastRow; top += rowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = Math.Min(rowsAtOnce, lastRow - top);
            var bytes = Fetch(slide, name, region, top, rows);
            target ??= new byte[width * height * 3];
            reduction ??= isExact ? null : new BoxReduction(target, width, height, level.Width, scaleX, scaleY);
            for (var row = 0; row < rows; row++)
            {
                var source = bytes.AsSpan(row * level.Width * 3, level.Width * 3);
                if (reduction is null)
                {
                    source[..(width * 3)].CopyTo(target.AsSpan((top + row) * width * 3));
                }
                else
                {
                    reduction.Add(source);
                }
            }
        }

        reduction?.Finish();
        return new TargetPixels(width, height, target!);
    }

    /// <summary>Copies one patch, side × side × 3 bytes.</summary>
    public void CopyPatch(PatchCell cell, PatchGrid grid, Span<byte> patch)
    {
        var rowBytes = grid.PatchSidePixels * 3;
        for (var y = 0; y < grid.PatchSidePixels; y++)
        {
            var from = (((cell.Row * grid.StridePixels) + y) * Width) + (cell.Column * grid.StridePixels);
            Bytes.AsSpan(from * 3, rowBytes).CopyTo(patch[(y * rowBytes)..]);
        }
    }

    private static Region Open(SlideReader slide, string name)
    {
        try
        {
            return Region.New(slide.Pixels);
        }
        catch (VipsException exception)
        {
            throw slide.ReadFailure ?? SlideFailures.Damaged(name, SlideReader.Reason(exception), exception);
        }
    }

    /// <summary>Decodes rows of the level. An error of storage is not always one of libvips: some decoders take it for the file's end.</summary>
    private static byte[] Fetch(SlideReader slide, string name, Region region, int top, int rows)
    {
        byte[] bytes;
        try
        {
            bytes = region.Fetch(0, top, slide.Pixels.Width, rows);
        }
        catch (VipsException exception)
        {
            throw slide.ReadFailure ?? SlideFailures.Damaged(name, SlideReader.Reason(exception), exception);
        }

        return slide.ReadFailure is { } failure ? throw failure : bytes;
    }
}
