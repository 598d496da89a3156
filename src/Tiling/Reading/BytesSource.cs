namespace IdcFunctions.Tiling.Reading;

/// <summary>A picture that is in memory already.</summary>
public sealed class BytesSource(byte[] content) : IRangeSource
{
    /// <inheritdoc/>
    public long Length => content.Length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > content.Length - buffer.Length)
        {
            throw new EndOfStreamException($"{buffer.Length} bytes at {offset} are not there.");
        }

        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }
}
