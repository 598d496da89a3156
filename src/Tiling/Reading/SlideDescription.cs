using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// What is taken of a slide's ImageDescription, which may name the patient: the vendor, µm/px and, of OME-XML, the images'
/// sizes. The text itself is kept nowhere.
/// </summary>
/// <param name="Format"><c>aperio</c>, <c>ome-tiff</c>, or <c>tiff</c> where no vendor is known.</param>
/// <param name="NeedsOpenSlide">The vendor's format in words where it is none of ours; null where it is.</param>
/// <param name="Spacing">The vendor's µm/px; null where the text states none.</param>
/// <param name="Images">The images of OME-XML; empty without it.</param>
internal sealed partial record SlideDescription(
    string Format, string? NeedsOpenSlide, MicronsPerPixel? Spacing, IReadOnlyList<OmeImage> Images)
{
    /// <summary>
    /// Bytes that tell the vendor; OME-XML is read whole. Philips keeps pictures of the label further down in its text,
    /// which must not be read.
    /// </summary>
    private const int BytesThatTell = 4096;

    /// <summary>Reads the description of the first page.</summary>
    public static SlideDescription Read(TiffFile file, TiffDirectory directory)
    {
        var text = Text(file, directory, BytesThatTell);
        if (!text.Contains("<OME", StringComparison.Ordinal))
        {
            var aperio = text.StartsWith("Aperio", StringComparison.Ordinal);
            return new SlideDescription(aperio ? "aperio" : "tiff", Vendor(text), aperio ? AperioSpacing(text) : null, []);
        }

        var images = OmeImage.ReadAll(Text(file, directory, long.MaxValue));
        var slide = OmeImage.Largest(images);
        return new SlideDescription("ome-tiff", null, slide?.Spacing, images);
    }

    private static string Text(TiffFile file, TiffDirectory directory, long mostBytes) =>
        Encoding.UTF8.GetString(file.Content(directory, 270, mostBytes)).TrimEnd('\0');

    private static string? Vendor(string text) =>
        text.Contains("leica-microsystems.com/scn", StringComparison.Ordinal) ? "a Leica SCN"
        : text.StartsWith("Label Image", StringComparison.Ordinal) || text.StartsWith("Label_Image", StringComparison.Ordinal) ? "a Ventana BIF"
        : text.Contains("DPUfsImport", StringComparison.Ordinal) ? "a Philips TIFF"
        : null;

    private static MicronsPerPixel? AperioSpacing(string text)
    {
        var match = AperioMpp().Match(text);
        return match.Success
            && double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && MicronsPerPixel.IsPlausible(value)
                ? MicronsPerPixel.Square(value)
                : null;
    }

    [GeneratedRegex(@"\|\s*MPP\s*=\s*([0-9.eE+-]+)")]
    private static partial Regex AperioMpp();
}
