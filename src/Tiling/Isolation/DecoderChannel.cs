using System.Buffers.Binary;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>Frames over a pair of pipes. Several threads may write; one reads.</summary>
internal sealed class DecoderChannel(Stream input, Stream output)
{
    /// <summary>Longest frame: a row of the grid's patches, or the bytes of some of a level's tiles.</summary>
    private const int MostBytes = 1 << 30;

    private readonly Lock writing = new();
    private readonly byte[] header = new byte[5];

    /// <summary>Writes a frame.</summary>
    public void Write(DecoderFrame kind, ReadOnlySpan<byte> content) => Write(kind, content, []);

    /// <summary>Writes a frame of two parts.</summary>
    public void Write(DecoderFrame kind, ReadOnlySpan<byte> content, ReadOnlySpan<byte> rest)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], content.Length + rest.Length);
        lock (writing)
        {
            output.Write(head);
            output.Write(content);
            output.Write(rest);
            output.Flush();
        }
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
