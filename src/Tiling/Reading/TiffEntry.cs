namespace IdcFunctions.Tiling.Reading;

/// <summary>An entry of a TIFF directory as it stands in the file.</summary>
/// <param name="Type">TIFF type, e.g. 3 for uint16.</param>
/// <param name="Count">Values that it claims.</param>
/// <param name="Field">Its value field, in the file's byte order: the values where they fit in, else where they lie.</param>
/// <param name="At">Where its values lie in the file; -1 where they stand in <paramref name="Field"/>.</param>
internal sealed record TiffEntry(int Type, long Count, byte[] Field, long At)
{
    /// <summary>Bytes of one value.</summary>
    public int ValueBytes => BytesOf(Type);

    /// <summary>Bytes of one value of a TIFF type; an unknown type counts as bytes.</summary>
    public static int BytesOf(int type) => type switch
    {
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 1,
    };
}
