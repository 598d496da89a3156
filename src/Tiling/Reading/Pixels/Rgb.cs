using NetVips;

namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>Images as libvips opens them, brought to 8-bit RGB on white.</summary>
internal static class Rgb
{
    /// <summary>libvips' name for an embedded ICC profile.</summary>
    private const string Profile = "icc-profile-data";

    /// <summary>Opens an image and converts it; it is decoded only when its pixels are fetched.</summary>
    /// <param name="slide">The slide's name, for errors.</param>
    /// <param name="appliesIcc">True to bring its colours to sRGB by the ICC profile in it.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be opened, or its colours are none that have a meaning here.</exception>
    public static Image Open(string slide, bool appliesIcc, Func<Image> open)
    {
        Image image;
        try
        {
            image = open();
            if (image.Format is not (Enums.BandFormat.Uchar or Enums.BandFormat.Ushort))
            {
                throw SlideFailures.ColoursUnknown(slide, $"their values are of the type {image.Format}, whose white is not known.");
            }

            if (appliesIcc)
            {
                image = image.Contains(Profile)
                    ? image.IccTransform("srgb", embedded: true)
                    : throw SlideFailures.NoColourProfile(slide, "it holds none.");
            }

            if (image is not { Interpretation: Enums.Interpretation.Srgb, Format: Enums.BandFormat.Uchar })
            {
                image = image.Colourspace(Enums.Interpretation.Srgb).Cast(Enums.BandFormat.Uchar);
            }

            // After the conversion: in CMYK 255 is ink.
            if (image.HasAlpha())
            {
                image = image.Flatten(background: [255.0]);
            }
        }
        catch (VipsException exception)
        {
            throw SlideFailures.Damaged(slide, Reason(exception), exception);
        }

        return image.Bands == 3 ? image : throw SlideFailures.ColoursUnknown(slide, $"they have {image.Bands} channels.");
    }

    /// <summary>libvips' own words for an error, without the name of the call.</summary>
    public static string Reason(VipsException exception)
    {
        // The message: the call's name, then a line an error; the first ones may be left over from other slides.
        var lines = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines[^1];
    }
}
