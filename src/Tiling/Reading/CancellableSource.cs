namespace IdcFunctions.Tiling.Reading;

/// <summary>A slide whose every read is preceded by a look at the token.</summary>
internal sealed class CancellableSource(IRangeSource source, CancellationToken cancellationToken) : IRangeSource
{
    /// <inheritdoc/>
    public long Length => source.Length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        source.Read(offset, buffer);
    }
}
