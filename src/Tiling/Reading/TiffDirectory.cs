namespace IdcFunctions.Tiling.Reading;

/// <summary>What is needed of one image of a TIFF file (TIFF 6.0, BigTIFF).</summary>
public sealed record TiffDirectory
{
    /// <summary>Its place in the chain of pages, from 0; a sub-image has its parent's.</summary>
    public required int Page { get; init; }

    /// <summary>Its place among its page's sub-images; -1 for the page itself.</summary>
    public required int SubImage { get; init; }

    /// <summary>Width in pixels.</summary>
    public required long Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required long Height { get; init; }

    /// <summary>True for tiles, false for strips.</summary>
    public required bool IsTiled { get; init; }

    /// <summary>Compression, tag 259.</summary>
    public required long Compression { get; init; }

    /// <summary>The text of tag 270; empty where there is none.</summary>
    public required string Description { get; init; }

    /// <summary>Pixels per <see cref="ResolutionUnit"/> along x; null where the tag is missing.</summary>
    public required double? ResolutionX { get; init; }

    /// <summary>Pixels per <see cref="ResolutionUnit"/> along y; null where the tag is missing.</summary>
    public required double? ResolutionY { get; init; }

    /// <summary>1 none, 2 inch (the default), 3 centimetre.</summary>
    public required long ResolutionUnit { get; init; }

    /// <summary>True where Hamamatsu's tag 65420 is there: the file is an NDPI.</summary>
    public required bool IsNdpi { get; init; }

    /// <summary>Width of a tile in pixels; of a strip, the image's.</summary>
    public required long ChunkWidth { get; init; }

    /// <summary>Height of a tile or of a strip in pixels.</summary>
    public required long ChunkHeight { get; init; }

    /// <summary>Tiles or strips whose place and length are stated.</summary>
    public required int Chunks { get; init; }

    /// <summary>How often the image's area is stored: once, or once a channel (planar configuration 2).</summary>
    public required long Planes { get; init; }

    /// <summary>Where the pixels end: the largest offset + length of tiles or strips.</summary>
    public required long PixelsEnd { get; init; }
}
