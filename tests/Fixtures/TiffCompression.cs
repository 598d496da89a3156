namespace IdcFunctions.Fixtures;

/// <summary>How tiles are compressed; the values are those of TIFF tag 259.</summary>
public enum TiffCompression
{
    /// <summary>Not at all.</summary>
    None = 1,

    /// <summary>JPEG, quality 90, YCbCr.</summary>
    Jpeg = 7,

    /// <summary>Deflate (zlib), lossless.</summary>
    Deflate = 8,
}
