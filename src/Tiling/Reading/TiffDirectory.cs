namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// One image of a TIFF file (TIFF 6.0, BigTIFF), as its directory's table tells; what lies elsewhere, such as the places
/// of its tiles, is read only of the level that is used.
/// </summary>
public sealed class TiffDirectory
{
    private readonly Dictionary<int, TiffEntry> entries;

    internal TiffDirectory(Dictionary<int, TiffEntry> entries, long next, Func<TiffEntry, long> firstValue)
    {
        this.entries = entries;
        Next = next;
        long One(int tag, long otherwise) =>
            entries.TryGetValue(tag, out var entry) && entry is { Count: > 0, At: < 0 } ? firstValue(entry) : otherwise;
        Width = One(256, 0);
        Height = One(257, 0);
        IsTiled = entries.ContainsKey(324);
        IsReducedImage = One(254, 0) == 1;
        Compression = One(259, 1);
        Samples = One(277, 1);
        Planes = One(284, 1) == 2 ? Samples : 1;
        ResolutionUnit = One(296, 2);
        ChunkWidth = IsTiled ? One(322, 0) : Width;
        ChunkHeight = IsTiled ? One(323, 0) : Math.Min(One(278, Height), Height);
        Chunks = Math.Min(entries.GetValueOrDefault(OffsetsTag)?.Count ?? 0, entries.GetValueOrDefault(LengthsTag)?.Count ?? 0);
    }

    /// <summary>Width in pixels.</summary>
    public long Width { get; }

    /// <summary>Height in pixels.</summary>
    public long Height { get; }

    /// <summary>True for tiles, false for strips.</summary>
    public bool IsTiled { get; }

    /// <summary>True where the file calls it a reduced version of another image, and nothing else (tag 254 is 1).</summary>
    public bool IsReducedImage { get; }

    /// <summary>Compression, tag 259.</summary>
    public long Compression { get; }

    /// <summary>Channels, tag 277.</summary>
    public long Samples { get; }

    /// <summary>How often the image's area is stored: once, or once a channel (planar configuration 2).</summary>
    public long Planes { get; }

    /// <summary>1 none, 2 inch (the default), 3 centimetre.</summary>
    public long ResolutionUnit { get; }

    /// <summary>True where Hamamatsu's tag 65420 is there: the file is an NDPI.</summary>
    public bool IsNdpi => entries.ContainsKey(65420);

    /// <summary>Width of a tile in pixels; of a strip, the image's.</summary>
    public long ChunkWidth { get; }

    /// <summary>Height of a tile or of a strip in pixels.</summary>
    public long ChunkHeight { get; }

    /// <summary>Tiles or strips whose place and length the directory claims to state.</summary>
    public long Chunks { get; }

    /// <summary>Tag of the places of tiles or strips.</summary>
    internal int OffsetsTag => IsTiled ? 324 : 273;

    /// <summary>Tag of the lengths of tiles or strips.</summary>
    internal int LengthsTag => IsTiled ? 325 : 279;

    /// <summary>Where the next page's directory lies; 0 for none.</summary>
    internal long Next { get; }

    /// <summary>The entries by tag.</summary>
    internal IReadOnlyDictionary<int, TiffEntry> Entries => entries;
}
