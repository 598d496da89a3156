using System.Buffers;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling;

/// <summary>The pixels of one row of the grid at the target spacing: a patch high, as wide as all its cells.</summary>
internal sealed class GridRow
{
    private readonly PatchGrid grid;
    private readonly byte[] pixels;

    private GridRow(PatchGrid grid, int row, byte[] pixels)
    {
        this.grid = grid;
        this.pixels = pixels;
        Row = row;
    }

    /// <summary>The row's number.</summary>
    public int Row { get; }

    /// <summary>Those of its pixels that the row before did not have, uint8 RGB.</summary>
    public ReadOnlySpan<byte> NewPixels
    {
        get
        {
            var shared = Row == 0 ? 0 : grid.PatchSidePixels - grid.StridePixels;
            return pixels.AsSpan(shared * RowBytes(grid), (grid.PatchSidePixels - shared) * RowBytes(grid));
        }
    }

    /// <summary>Collects the rows of a grid from rows of pixels. Where patches overlap, so do the rows.</summary>
    /// <param name="rows">The target's rows, from top to bottom.</param>
    /// <param name="grid">The grid.</param>
    public static IEnumerable<GridRow> Collect(IEnumerable<ReadOnlyMemory<byte>> rows, PatchGrid grid)
    {
        var rowBytes = RowBytes(grid);
        var (shared, filled, row) = (grid.PatchSidePixels - grid.StridePixels, 0, 0);
        var strip = Rent(grid);
        foreach (var pixels in rows)
        {
            pixels.Span.CopyTo(strip.AsSpan(filled * rowBytes));
            if (++filled == grid.PatchSidePixels)
            {
                var next = Rent(grid);
                strip.AsSpan(grid.StridePixels * rowBytes, shared * rowBytes).CopyTo(next);
                yield return new GridRow(grid, row++, strip);
                (strip, filled) = (next, shared);
            }
        }

        ArrayPool<byte>.Shared.Return(strip);
    }

    /// <summary>Copies one patch, side × side × 3 bytes.</summary>
    public void CopyPatch(int column, Span<byte> patch)
    {
        var patchRow = grid.PatchSidePixels * 3;
        for (var y = 0; y < grid.PatchSidePixels; y++)
        {
            pixels.AsSpan((y * RowBytes(grid)) + (column * grid.StridePixels * 3), patchRow).CopyTo(patch[(y * patchRow)..]);
        }
    }

    /// <summary>Gives the pixels' memory back; the row is not used after it.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(pixels);

    private static byte[] Rent(PatchGrid grid) => ArrayPool<byte>.Shared.Rent(grid.PatchSidePixels * RowBytes(grid));

    private static int RowBytes(PatchGrid grid) => grid.PixelWidth * 3;
}
