using IdcFunctions.Tiling.Reading;
using Microsoft.Win32.SafeHandles;

namespace IdcFunctions.Bench.Tissue;

/// <summary>A slide on disk.</summary>
internal sealed class FileRangeSource(string path) : IRangeSource, IDisposable
{
    private readonly SafeFileHandle file = File.OpenHandle(path);

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(file);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{path} ends at byte {offset}.");
            }

            offset += read;
            buffer = buffer[read..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
