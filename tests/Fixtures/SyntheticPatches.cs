using System.Globalization;
using NetVips;

namespace IdcFunctions.Fixtures;

/// <summary>A made data set in the layout of the real one: pink noise, darker where the label is IDC.</summary>
public static class SyntheticPatches
{
    /// <summary>Writes cases with equally many patches of both classes.</summary>
    /// <param name="folder">The data set's root; made where it is missing.</param>
    /// <param name="cases">The cases' ids.</param>
    /// <param name="perClass">Patches of a case and class.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static string Write(string folder, IEnumerable<string> cases, int perClass, int seed = 1)
    {
        var random = new Random(seed);
        foreach (var id in cases)
        {
            for (var i = 0; i < perClass; i++)
            {
                WritePatch(folder, id, 1 + (50 * i), 1, isIdc: false, random);
                WritePatch(folder, id, 1 + (50 * i), 51, isIdc: true, random);
            }
        }

        return folder;
    }

    /// <summary>Writes one patch at its place below <paramref name="folder"/>.</summary>
    /// <returns>The file's path.</returns>
    public static string WritePatch(string folder, string id, int x, int y, bool isIdc, Random random, int side = 50)
    {
        var label = isIdc ? 1 : 0;
        var path = Path.Combine(folder, id, label.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        var file = Path.Combine(path, $"{id}_idx5_x{x}_y{y}_class{label}.png");
        File.WriteAllBytes(file, Png(isIdc ? [150, 100, 165] : [225, 190, 215], random, side));
        return file;
    }

    /// <summary>A PNG of a colour with noise of ±20.</summary>
    public static byte[] Png(int[] colour, Random random, int side = 50)
    {
        var pixels = new byte[side * side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(colour[i % 3] + random.Next(-20, 21));
        }

        using var image = Image.NewFromMemory(pixels, side, side, 3, Enums.BandFormat.Uchar);
        using var rgb = image.Copy(interpretation: Enums.Interpretation.Srgb);
        return rgb.PngsaveBuffer();
    }
}
