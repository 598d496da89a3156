using System.Buffers.Binary;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>Patches on their way from a decoder: int32 count, then row, column and qualities of each cell as int32, then their pixels.</summary>
internal static class PatchFrame
{
    private const int CellBytes = 12;

    /// <summary>Makes the part before the pixels.</summary>
    public static byte[] Head(IReadOnlyList<PlannedCell> cells)
    {
        var head = new byte[4 + (cells.Count * CellBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(head, cells.Count);
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = head.AsSpan(4 + (i * CellBytes), CellBytes);
            BinaryPrimitives.WriteInt32LittleEndian(cell, cells[i].Row);
            BinaryPrimitives.WriteInt32LittleEndian(cell[4..], cells[i].Column);
            BinaryPrimitives.WriteInt32LittleEndian(cell[8..], (int)cells[i].Qualities);
        }

        return head;
    }

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">Its content.</param>
    /// <param name="patchBytes">Bytes of one patch.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static (IReadOnlyList<PlannedCell> Cells, ReadOnlyMemory<byte> Patches) Read(ReadOnlyMemory<byte> frame, int patchBytes)
    {
        var count = frame.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(frame.Span);
        if (count < 0 || frame.Length != 4 + ((long)count * (CellBytes + patchBytes)))
        {
            throw new InvalidDataException($"A frame of {frame.Length} bytes claims {count} patches.");
        }

        var cells = new PlannedCell[count];
        for (var i = 0; i < count; i++)
        {
            var cell = frame.Span.Slice(4 + (i * CellBytes), CellBytes);
            cells[i] = new PlannedCell(
                BinaryPrimitives.ReadInt32LittleEndian(cell),
                BinaryPrimitives.ReadInt32LittleEndian(cell[4..]),
                (PatchQualities)BinaryPrimitives.ReadInt32LittleEndian(cell[8..]));
        }

        return (cells, frame[(4 + (count * CellBytes))..]);
    }
}
