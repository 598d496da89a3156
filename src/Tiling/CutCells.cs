using System.Buffers;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>Cells of one stretch of a row with their patches, in memory that is given back after use.</summary>
internal sealed class CutCells(int patchBytes, int mostCells) : IDisposable
{
    private readonly byte[] pixels = ArrayPool<byte>.Shared.Rent(patchBytes * mostCells);
    private readonly List<PlannedCell> cells = [];

    /// <summary>The cells, from left to right.</summary>
    public IReadOnlyList<PlannedCell> Cells => cells;

    /// <summary>Their patches, uint8 RGB, NHWC [cells, side, side, 3].</summary>
    public ReadOnlyMemory<byte> Patches => pixels.AsMemory(0, cells.Count * patchBytes);

    /// <summary>Where the next cell's patch is to be written; it counts only when <see cref="Add"/> is called.</summary>
    public Span<byte> Next => pixels.AsSpan(cells.Count * patchBytes, patchBytes);

    /// <summary>Adds the cell whose patch has been written.</summary>
    public void Add(PlannedCell cell) => cells.Add(cell);

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(pixels);
}
