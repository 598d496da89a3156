namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// A seekable view of a slide for libvips, one per open. An error must not travel through native frames: it is kept
/// in <see cref="Failure"/> and the stream says that it ends here.
/// </summary>
public sealed class SlideStream(BlockCache cache, CancellationToken cancellationToken) : Stream
{
    private long position;

    /// <summary>The first error of a read; libvips' own error follows from it.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => cache.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => position = value;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = Failure is null ? cache.Read(position, buffer) : 0;
            position += read;
            return read;
        }
#pragma warning disable CA1031 // See the type's summary: the reader rethrows Failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failure ??= exception;
            return 0;
        }
    }

    /// <summary>Moves to a place; one that can't exist, as a damaged file may ask for, counts as behind the end.</summary>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var start = origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => position, _ => Length };
        return position = offset > long.MaxValue - start || start + offset < 0 ? long.MaxValue : start + offset;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
