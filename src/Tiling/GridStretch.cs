using System.Buffers;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Tiling;

/// <summary>
/// The pixels of a stretch of one row of the grid at the target spacing: a patch high, as wide as its cells. A row is cut
/// into stretches, so that the memory of those that are worked on does not hang on the slide's width.
/// </summary>
internal sealed class GridStretch
{
    private const int MostColumns = 50;

    private readonly PatchGrid grid;
    private readonly byte[] pixels;

    private GridStretch(PatchGrid grid, int row, Columns columns, byte[] pixels)
    {
        this.grid = grid;
        this.pixels = pixels;
        Row = row;
        FirstColumn = columns.First;
        ColumnCount = columns.Count;
    }

    /// <summary>The row's number.</summary>
    public int Row { get; }

    /// <summary>Its first column's number.</summary>
    public int FirstColumn { get; }

    /// <summary>How many columns it has.</summary>
    public int ColumnCount { get; }

    /// <summary>
    /// Collects the rows of a grid from rows of pixels, stretch by stretch in the cells' order. Where patches overlap, so
    /// do the stretches.
    /// </summary>
    /// <param name="rows">The target's rows, from top to bottom.</param>
    /// <param name="grid">The grid.</param>
    public static IEnumerable<GridStretch> Collect(IEnumerable<ReadOnlyMemory<byte>> rows, PatchGrid grid)
    {
        var (shared, filled, row) = (grid.PatchSidePixels - grid.StridePixels, 0, 0);
        var open = Columns.Of(grid).Select(columns => (Columns: columns, Pixels: Rent(grid, columns.Count))).ToArray();
        foreach (var pixels in rows)
        {
            foreach (var (columns, collected) in open)
            {
                var bytes = RowBytes(grid, columns.Count);
                pixels.Span.Slice(columns.First * grid.StridePixels * 3, bytes).CopyTo(collected.AsSpan(filled * bytes));
            }

            if (++filled == grid.PatchSidePixels)
            {
                for (var i = 0; i < open.Length; i++)
                {
                    var (columns, collected) = open[i];
                    var bytes = RowBytes(grid, columns.Count);
                    open[i].Pixels = Rent(grid, columns.Count);
                    collected.AsSpan(grid.StridePixels * bytes, shared * bytes).CopyTo(open[i].Pixels);
                    yield return new GridStretch(grid, row, columns, collected);
                }

                (row, filled) = (row + 1, shared);
            }
        }

        foreach (var (_, collected) in open)
        {
            ArrayPool<byte>.Shared.Return(collected);
        }
    }

    /// <summary>Copies one patch, side × side × 3 bytes.</summary>
    /// <param name="column">The column's number in the grid.</param>
    /// <param name="patch">Gets the pixels.</param>
    public void CopyPatch(int column, Span<byte> patch)
    {
        var patchRow = grid.PatchSidePixels * 3;
        var left = (column - FirstColumn) * grid.StridePixels * 3;
        for (var y = 0; y < grid.PatchSidePixels; y++)
        {
            pixels.AsSpan((y * RowBytes(grid, ColumnCount)) + left, patchRow).CopyTo(patch[(y * patchRow)..]);
        }
    }

    /// <summary>Adds those pixels to a meter that no stretch before this one has, above it or to its left.</summary>
    public void AddNewPixels(StainMeter meter)
    {
        var shared = grid.PatchSidePixels - grid.StridePixels;
        var (top, left, bytes) = (Row == 0 ? 0 : shared, FirstColumn == 0 ? 0 : shared * 3, RowBytes(grid, ColumnCount));
        for (var y = top; y < grid.PatchSidePixels; y++)
        {
            meter.Add(pixels.AsSpan((y * bytes) + left, bytes - left));
        }
    }

    /// <summary>Gives the pixels' memory back; the stretch is not used after it.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(pixels);

    private static byte[] Rent(PatchGrid grid, int columns) => ArrayPool<byte>.Shared.Rent(grid.PatchSidePixels * RowBytes(grid, columns));

    private static int RowBytes(PatchGrid grid, int columns) => (((columns - 1) * grid.StridePixels) + grid.PatchSidePixels) * 3;

    /// <summary>Columns that a stretch has.</summary>
    private readonly record struct Columns(int First, int Count)
    {
        /// <summary>The stretches of a row, as even as can be.</summary>
        public static IEnumerable<Columns> Of(PatchGrid grid)
        {
            var stretches = (grid.Columns + MostColumns - 1) / MostColumns;
            return Enumerable.Range(0, stretches)
                .Select(i => (From: i * grid.Columns / stretches, To: (i + 1) * grid.Columns / stretches))
                .Select(edges => new Columns(edges.From, edges.To - edges.From));
        }
    }
}
