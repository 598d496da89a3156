namespace IdcFunctions.Slides.Geometry;

/// <summary>A rectangle in pixels of level 0; the right and bottom edges are exclusive.</summary>
public readonly record struct PixelRegion(long MinX, long MinY, long Width, long Height)
{
    /// <summary>The first column right of the region.</summary>
    public long MaxX => MinX + Width;

    /// <summary>The first row below the region.</summary>
    public long MaxY => MinY + Height;
}
