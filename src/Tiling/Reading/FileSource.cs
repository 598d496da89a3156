using Microsoft.Win32.SafeHandles;

namespace IdcFunctions.Tiling.Reading;

/// <summary>A file on this machine, held open: it can be read even after it was deleted.</summary>
public sealed class FileSource : IRangeSource
{
    private readonly SafeFileHandle handle;

    /// <summary>Opens the file.</summary>
    public FileSource(string path)
    {
        handle = File.OpenHandle(path);
        Length = RandomAccess.GetLength(handle);
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var count = RandomAccess.Read(handle, buffer[done..], offset + done);
            done += count > 0 ? count : throw new EndOfStreamException($"{buffer.Length} bytes at {offset} are not there.");
        }
    }
}
