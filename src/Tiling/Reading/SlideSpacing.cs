using System.Globalization;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Where a slide's µm/px comes from: the user, the vendor's metadata, the TIFF resolution, and never a guess.</summary>
internal static class SlideSpacing
{
    /// <summary>
    /// The coarsest TIFF resolution taken for a microscope's, in µm/px. Programs write 72, 96, 300 or 600 dots an inch
    /// where they know nothing (353 to 42 µm/px); the coarsest slide level in use is about 16 µm/px.
    /// </summary>
    private const double CoarsestTiffResolution = 32;

    /// <summary>The spacing of a picture, which states none itself.</summary>
    /// <exception cref="Slides.SlideRefusedException">The user gave none.</exception>
    public static (MicronsPerPixel Spacing, string Source) Find(string slide, double? given) =>
        given is { } value ? (MicronsPerPixel.Square(value), "metadata") : throw SlideFailures.SpacingUnknown(slide, "a PNG or JPEG states none");

    /// <summary>Finds the spacing of a TIFF's full resolution.</summary>
    /// <exception cref="Slides.SlideRefusedException">Nothing states it.</exception>
    public static (MicronsPerPixel Spacing, string Source) Find(
        string slide, double? given, SlideDescription description, TiffFile file, TiffDirectory full)
    {
        if (given is { } value)
        {
            return (MicronsPerPixel.Square(value), "metadata");
        }

        if (description.Spacing is { } vendor)
        {
            return (vendor, "slide");
        }

        var unitUm = full.ResolutionUnit switch { 2 => 25_400.0, 3 => 10_000.0, _ => 0 };
        if (unitUm == 0 || file.Rational(full, 282) is not (> 0 and var perUnitX) || file.Rational(full, 283) is not (> 0 and var perUnitY))
        {
            throw SlideFailures.SpacingUnknown(slide, "it has no resolution with a unit");
        }

        var (x, y) = (unitUm / perUnitX, unitUm / perUnitY);
        return x <= CoarsestTiffResolution && y <= CoarsestTiffResolution && MicronsPerPixel.IsPlausible(x) && MicronsPerPixel.IsPlausible(y)
            ? (new MicronsPerPixel(x, y), "tiff-resolution")
            : throw SlideFailures.SpacingUnknown(
                slide,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its TIFF resolution of {x:0.#} µm/px is a program's default, not a microscope's"));
    }
}
