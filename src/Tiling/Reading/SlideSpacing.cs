using System.Globalization;
using System.Text.RegularExpressions;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Where a slide's µm/px comes from: the user, the vendor's metadata, the TIFF resolution, and never a guess.</summary>
public static partial class SlideSpacing
{
    /// <summary>
    /// The coarsest TIFF resolution taken for a microscope's, in µm/px. Programs write 72, 96, 300 or 600 dots an inch
    /// where they know nothing (353 to 42 µm/px); the coarsest slide level in use is about 16 µm/px.
    /// </summary>
    private const double CoarsestTiffResolution = 32;

    /// <summary>Finds the spacing of level 0.</summary>
    /// <exception cref="Slides.SlideRefusedException">Nothing states it.</exception>
    public static (MicronsPerPixel Spacing, string Source) Find(string slide, double? given, TiffDirectory? directory)
    {
        if (given is { } value)
        {
            return (MicronsPerPixel.Square(value), "metadata");
        }

        if (directory is null)
        {
            throw SlideFailures.SpacingUnknown(slide, "a PNG or JPEG states none");
        }

        if (Vendor(directory.Description) is { } vendor)
        {
            return (vendor, "slide");
        }

        var unitUm = directory.ResolutionUnit switch { 2 => 25_400.0, 3 => 10_000.0, _ => 0 };
        if (unitUm == 0 || directory.ResolutionX is not > 0 || directory.ResolutionY is not > 0)
        {
            throw SlideFailures.SpacingUnknown(slide, "it has no resolution with a unit");
        }

        var (x, y) = (unitUm / directory.ResolutionX.Value, unitUm / directory.ResolutionY.Value);
        return x <= CoarsestTiffResolution && y <= CoarsestTiffResolution && MicronsPerPixel.IsPlausible(x) && MicronsPerPixel.IsPlausible(y)
            ? (new MicronsPerPixel(x, y), "tiff-resolution")
            : throw SlideFailures.SpacingUnknown(slide, string.Create(CultureInfo.InvariantCulture, $"its TIFF resolution of {x:0.#} µm/px is a program's default, not a microscope's"));
    }

    private static MicronsPerPixel? Vendor(string description)
    {
        if (description.StartsWith("Aperio", StringComparison.Ordinal))
        {
            return Number(AperioMpp().Match(description)) is { } mpp ? MicronsPerPixel.Square(mpp) : null;
        }

        if (!description.Contains("<OME", StringComparison.Ordinal))
        {
            return null;
        }

        var (x, y) = (OmeSizeX().Match(description), OmeSizeY().Match(description));
        var unit = OmeUnit().Match(description);
        var isMicron = !unit.Success || unit.Groups[1].Value is "µm" or "μm" or "um" or "&#181;m";
        return isMicron && Number(x) is { } sizeX && Number(y) is { } sizeY ? new MicronsPerPixel(sizeX, sizeY) : null;
    }

    private static double? Number(Match match) =>
        match.Success && double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && MicronsPerPixel.IsPlausible(value)
            ? value
            : null;

    [GeneratedRegex(@"\|\s*MPP\s*=\s*([0-9.eE+-]+)")]
    private static partial Regex AperioMpp();

    [GeneratedRegex("PhysicalSizeX=\"([0-9.eE+-]+)\"")]
    private static partial Regex OmeSizeX();

    [GeneratedRegex("PhysicalSizeY=\"([0-9.eE+-]+)\"")]
    private static partial Regex OmeSizeY();

    [GeneratedRegex("PhysicalSizeXUnit=\"([^\"]+)\"")]
    private static partial Regex OmeUnit();
}
