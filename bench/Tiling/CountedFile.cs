using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Bench.Tiling;

/// <summary>A slide on local disk that counts what is read of it; each read would be a ranged GET.</summary>
internal sealed class CountedFile(string path) : IRangeSource
{
    private readonly FileSource file = new(path);

    /// <inheritdoc/>
    public long Length => file.Length;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        file.Read(offset, buffer);
        BytesRead += buffer.Length;
        Reads++;
    }
}
