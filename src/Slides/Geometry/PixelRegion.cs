using System.Globalization;
using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Geometry;

/// <summary>A rectangle in pixels of level 0; the right and bottom edges are exclusive.</summary>
public readonly record struct PixelRegion(long MinX, long MinY, long Width, long Height)
{
    /// <summary>Reads <c>x,y,width,height</c>; false where the text is none, or where width or height is not positive.</summary>
    public static bool TryParse(string text, out PixelRegion region)
    {
        region = default;
        var parts = text.Split(',');
        var numbers = new long[4];
        for (var i = 0; i < 4; i++)
        {
            if (parts.Length != 4 || !long.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i])
                || numbers[i] is < -int.MaxValue or > int.MaxValue)
            {
                return false;
            }
        }

        region = new PixelRegion(numbers[0], numbers[1], numbers[2], numbers[3]);
        return region is { Width: > 0, Height: > 0 };
    }

    /// <summary>The first column right of the region.</summary>
    [JsonIgnore]
    public long MaxX => MinX + Width;

    /// <summary>The first row below the region.</summary>
    [JsonIgnore]
    public long MaxY => MinY + Height;

    /// <summary>True where the two share a pixel.</summary>
    public bool Overlaps(PixelRegion other) => MinX < other.MaxX && other.MinX < MaxX && MinY < other.MaxY && other.MinY < MaxY;
}
