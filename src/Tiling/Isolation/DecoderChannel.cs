using System.Buffers.Binary;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>Frames over a pair of pipes. One side writes while the other reads; neither is for several threads at once.</summary>
internal sealed class DecoderChannel(Stream input, Stream output)
{
    /// <summary>Longest frame: a slide's pixels come in pieces, a read is as long as the level's tiles.</summary>
    private const int MostBytes = 1 << 30;

    private readonly byte[] header = new byte[5];

    /// <summary>Writes a frame.</summary>
    public void Write(DecoderFrame kind, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], content.Length);
        output.Write(head);
        output.Write(content);
        output.Flush();
    }

    /// <summary>Reads the next frame's head.</summary>
    /// <exception cref="EndOfStreamException">The other side has gone.</exception>
    /// <exception cref="InvalidDataException">It does not speak this protocol.</exception>
    public (DecoderFrame Kind, int Length) ReadHead()
    {
        input.ReadExactly(header);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
        return length is >= 0 and <= MostBytes
            ? ((DecoderFrame)header[0], length)
            : throw new InvalidDataException($"A frame claims {length} bytes.");
    }

    /// <summary>Reads a frame's content.</summary>
    public void ReadContent(Span<byte> content) => input.ReadExactly(content);

    /// <summary>Reads a frame's content.</summary>
    public byte[] ReadContent(int length)
    {
        var content = new byte[length];
        input.ReadExactly(content);
        return content;
    }
}
