using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Bench.Tiling;

/// <summary>A slide on local disk that counts what is read of it; each read would be a ranged GET.</summary>
internal sealed class CountedFile(string path) : IRangeSource, IDisposable
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);

    /// <inheritdoc/>
    public long Length { get; } = new FileInfo(path).Length;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        for (var rest = buffer; !rest.IsEmpty;)
        {
            var read = RandomAccess.Read(file, rest, offset + (buffer.Length - rest.Length));
            rest = read > 0 ? rest[read..] : throw new EndOfStreamException($"{buffer.Length} bytes at {offset} lie beyond the file's end.");
        }

        BytesRead += buffer.Length;
        Reads++;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
