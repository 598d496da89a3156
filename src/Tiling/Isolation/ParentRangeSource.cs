using System.Buffers.Binary;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// In the decoder: the slide's bytes, asked for from the parent, which alone can reach storage. One read at a time; none
/// after one that failed.
/// </summary>
internal sealed class ParentRangeSource(DecoderChannel channel, long length) : IRangeSource
{
    private readonly Lock gate = new();
    private bool hasFailed;

    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public void TellWaiting() => channel.Write(DecoderFrame.Waiting, []);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        Span<byte> range = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(range, offset);
        BinaryPrimitives.WriteInt32LittleEndian(range[8..], buffer.Length);
        lock (gate)
        {
            if (!hasFailed)
            {
                channel.Write(DecoderFrame.Read, range);
                var (kind, count) = channel.ReadHead();
                hasFailed = kind != DecoderFrame.Bytes || count != buffer.Length;
            }

            if (hasFailed)
            {
                throw new EndOfStreamException($"{buffer.Length} bytes at {offset} can't be read.");
            }

            channel.ReadContent(buffer);
        }
    }
}
