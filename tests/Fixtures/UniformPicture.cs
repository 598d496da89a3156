using NetVips;

namespace IdcFunctions.Fixtures;

/// <summary>A picture of one colour.</summary>
public static class UniformPicture
{
    /// <summary>The picture as a PNG.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="red">Its red; green is 60, blue 120.</param>
    public static byte[] Png(int width, int height, int red = 200)
    {
        using var image = Image.Black(width, height, 3).Linear([1, 1, 1], [red, 60, 120], uchar: true).Copy(interpretation: Enums.Interpretation.Srgb);
        return image.PngsaveBuffer();
    }
}
