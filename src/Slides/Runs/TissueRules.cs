namespace IdcFunctions.Slides.Runs;

/// <summary>
/// Tells tissue from glass, ink and black by a pixel's colour. Glass is colourless: tissue has an HSV saturation of at
/// least <see cref="MinSaturation"/> (CLAM, Lu et al. 2021, thresholds saturation at 8 of 255 by default), so that faint
/// tissue stays. Ink has a hue that neither haematoxylin nor eosin has (70° to 245°: green, cyan, blue), or is a
/// colourless dark; fixed colour rules for pens are those of "Whole-slide image preprocessing in Python" (CODAIT 2018),
/// narrowed to what no tissue of the training cases shows. There is none for red pens: at 4 µm/px blood has their colour.
/// </summary>
/// <param name="MinSaturation">Least saturation of tissue, of 255.</param>
/// <param name="MinInkSaturation">Least saturation of coloured ink, of 255; a dark below it is black ink or pencil.</param>
/// <param name="MaxBlackBrightness">Below this brightness (HSV value, of 255) a pixel is black, whatever its hue.</param>
/// <param name="MaxInkBrightness">Below this brightness a colourless pixel is ink.</param>
/// <param name="BlurredBelow">A patch whose variance of the Laplacian of its luminance is below this is blurred.</param>
public sealed record TissueRules(int MinSaturation, int MinInkSaturation, int MaxBlackBrightness, int MaxInkBrightness, double BlurredBelow)
{
    /// <summary>The rules unless the options say otherwise.</summary>
    public static TissueRules Default { get; } = new(8, 38, 50, 110, 180);

    /// <summary>What a pixel shows.</summary>
    public PixelKind KindOf(byte red, byte green, byte blue)
    {
        int max = Math.Max(red, Math.Max(green, blue)), min = Math.Min(red, Math.Min(green, blue));
        var saturation = 255 * (max - min);
        if (max < MaxBlackBrightness || (max < MaxInkBrightness && saturation < MinInkSaturation * max))
        {
            return PixelKind.InkOrBlack;
        }

        if (saturation < MinSaturation * max)
        {
            return PixelKind.Glass;
        }

        // A pale cool hue is ink's edge or the glass's tint: not enough to be ink, and never tissue.
        return !IsCool(red, green, blue, max - min) ? PixelKind.Tissue
            : saturation < MinInkSaturation * max ? PixelKind.Glass
            : PixelKind.InkOrBlack;
    }

    /// <summary>True for hues from 70° up to 245°, without the division.</summary>
    private static bool IsCool(int red, int green, int blue, int chroma) =>
        red < Math.Max(green, blue) && (green >= blue ? 6 * (blue - red) >= -5 * chroma : 12 * (red - green) < chroma);
}
