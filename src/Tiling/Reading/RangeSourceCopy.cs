namespace IdcFunctions.Tiling.Reading;

/// <summary>Copying a slide to this machine's disk.</summary>
public static class RangeSourceCopy
{
    private const int BytesAtOnce = 8 << 20;

    /// <summary>Writes all of a slide to a file, in place of what is there.</summary>
    public static void CopyTo(this IRangeSource source, string path, CancellationToken cancellationToken)
    {
        using var file = File.Create(path);
        var bytes = new byte[BytesAtOnce];
        for (long at = 0; at < source.Length; at += BytesAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = bytes.AsSpan(0, (int)Math.Min(BytesAtOnce, source.Length - at));
            source.Read(at, part);
            file.Write(part);
        }
    }
}
