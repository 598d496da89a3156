using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Fixtures;

/// <summary>A slide in memory whose storage fails from one read on, as when the blob is replaced in mid-read.</summary>
/// <param name="content">The slide.</param>
/// <param name="goodReads">Reads that succeed before.</param>
/// <param name="fail">Called by each read after them; throws.</param>
public sealed class FailingRangeSource(byte[] content, int goodReads, Action fail) : IRangeSource
{
    /// <inheritdoc/>
    public long Length => content.Length;

    /// <summary>Reads so far, failed ones included.</summary>
    public int Reads { get; private set; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        if (Reads++ >= goodReads)
        {
            fail();
        }

        content.AsSpan(checked((int)offset), buffer.Length).CopyTo(buffer);
    }
}
