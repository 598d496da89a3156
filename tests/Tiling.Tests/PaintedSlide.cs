using NetVips;

namespace IdcFunctions.Tiling.Tests;

/// <summary>A small slide at 4 µm/px painted pixel by pixel, as a PNG.</summary>
internal static class PaintedSlide
{
    public static readonly (byte Red, byte Green, byte Blue) Glass = (244, 243, 245);
    public static readonly (byte Red, byte Green, byte Blue) Stroma = (226, 160, 196);
    public static readonly (byte Red, byte Green, byte Blue) Nucleus = (112, 72, 150);

    public static byte[] Png(int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> colour)
    {
        var bytes = new byte[width * height * 3];
        for (var i = 0; i < width * height; i++)
        {
            (bytes[3 * i], bytes[(3 * i) + 1], bytes[(3 * i) + 2]) = colour(i % width, i / width);
        }

        using var pixels = Image.NewFromMemory(bytes, width, height, 3, Enums.BandFormat.Uchar);
        using var image = pixels.Copy(interpretation: Enums.Interpretation.Srgb);
        return image.PngsaveBuffer(compression: 1, keep: Enums.ForeignKeep.None);
    }

    /// <summary>Stroma with nuclei of two pixels: sharp at 4 µm/px.</summary>
    public static (byte Red, byte Green, byte Blue) Tissue(int x, int y) => ((x / 2) + (3 * (y / 2))) % 4 == 0 ? Nucleus : Stroma;
}
