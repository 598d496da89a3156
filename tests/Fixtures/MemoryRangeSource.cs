using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Fixtures;

/// <summary>A slide in memory that counts what is read of it.</summary>
public sealed class MemoryRangeSource(byte[] content) : IRangeSource
{
    /// <inheritdoc/>
    public long Length => content.Length;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        content.AsSpan(checked((int)offset), buffer.Length).CopyTo(buffer);
        BytesRead += buffer.Length;
        Reads++;
    }
}
