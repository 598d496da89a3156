using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Fixtures;

/// <summary>A slide in memory that keeps which ranges were read of it.</summary>
public sealed class MemoryRangeSource(byte[] content) : IRangeSource
{
    private readonly List<(long Offset, int Count)> ranges = [];

    /// <inheritdoc/>
    public long Length => content.Length;

    /// <summary>The ranges read so far, in their order.</summary>
    public IReadOnlyList<(long Offset, int Count)> Ranges => ranges;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => ranges.Sum(range => (long)range.Count);

    /// <summary>Reads so far.</summary>
    public int Reads => ranges.Count;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        content.AsSpan(checked((int)offset), buffer.Length).CopyTo(buffer);
        ranges.Add((offset, buffer.Length));
    }
}
