using System.Buffers.Binary;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>In the decoder: the slide's bytes, asked for from the parent, which alone can reach storage.</summary>
internal sealed class ParentRangeSource(DecoderChannel channel, long length) : IRangeSource
{
    private readonly Lock gate = new();

    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        Span<byte> range = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(range, offset);
        BinaryPrimitives.WriteInt32LittleEndian(range[8..], buffer.Length);
        lock (gate)
        {
            channel.Write(DecoderFrame.Read, range);
            var (kind, count) = channel.ReadHead();
            if (kind != DecoderFrame.Bytes || count != buffer.Length)
            {
                throw new EndOfStreamException($"{buffer.Length} bytes at {offset} can't be read.");
            }

            channel.ReadContent(buffer);
        }
    }
}
