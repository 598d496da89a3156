namespace IdcFunctions.Tiling.Reading;

/// <summary>A tag that is written: its type (TIFF 6.0), number of values, and their bytes in the file's order.</summary>
internal readonly record struct TiffTag(int Type, long Count, byte[] Content)
{
    private const int Long8 = 16;

    /// <summary>One number.</summary>
    public static TiffTag Of(long value, bool isBigEndian) => Of([value], isBigEndian);

    /// <summary>Numbers.</summary>
    public static TiffTag Of(IReadOnlyList<long> values, bool isBigEndian)
    {
        var content = new byte[values.Count * 8];
        for (var i = 0; i < values.Count; i++)
        {
            Put(content.AsSpan(i * 8, 8), values[i], isBigEndian);
        }

        return new TiffTag(Long8, values.Count, content);
    }

    /// <summary>Writes a number in as many bytes as there are.</summary>
    public static void Put(Span<byte> field, long value, bool isBigEndian)
    {
        for (var i = 0; i < field.Length; i++)
        {
            field[isBigEndian ? field.Length - 1 - i : i] = (byte)(value >> (8 * i) & 0xFF);
        }
    }
}
