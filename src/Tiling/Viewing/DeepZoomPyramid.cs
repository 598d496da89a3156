using System.Globalization;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>
/// A slide in the levels and tiles of Deep Zoom: the highest level is the slide's level 0, each one below it is half as
/// wide and high, rounded up, down to one pixel. Tiles do not overlap.
/// </summary>
/// <param name="Width">Level-0 width in pixels.</param>
/// <param name="Height">Level-0 height in pixels.</param>
public sealed record DeepZoomPyramid(long Width, long Height)
{
    /// <summary>A tile's side in pixels.</summary>
    public const int TileSide = 256;

    /// <summary>The highest level.</summary>
    public int HighestLevel { get; } = (int)Math.Ceiling(Math.Log2(Math.Max(Width, Height)));

    /// <summary>Level-0 pixels along the side of one pixel of a level.</summary>
    public long DownsampleOf(int level) => 1L << (HighestLevel - level);

    /// <summary>The part of level 0 that a tile shows; null where the pyramid has no such tile.</summary>
    public PixelRegion? RegionOf(int level, int column, int row)
    {
        if (level < 0 || level > HighestLevel || column < 0 || row < 0)
        {
            return null;
        }

        var side = TileSide * DownsampleOf(level);
        return column > (Width - 1) / side || row > (Height - 1) / side
            ? null
            : new PixelRegion(column * side, row * side, Math.Min(side, Width - (column * side)), Math.Min(side, Height - (row * side)));
    }

    /// <summary>The description that viewers read, in the Deep Zoom format of 2008.</summary>
    public string ToDzi() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""<?xml version="1.0" encoding="UTF-8"?>"""
            + $"""<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpeg" Overlap="0" TileSize="{TileSide}">"""
            + $"""<Size Width="{Width}" Height="{Height}"/></Image>""");
}
