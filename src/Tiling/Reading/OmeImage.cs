using System.Globalization;
using System.Xml;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading;

/// <summary>An image that OME-XML describes.</summary>
/// <param name="Width">Width in pixels; 0 where the text does not say.</param>
/// <param name="Height">Height in pixels; 0 where the text does not say.</param>
/// <param name="Channels">Channels, samples of a pixel included; 0 where the text does not say.</param>
/// <param name="Spacing">Its µm/px; null where the text does not say.</param>
/// <param name="Page">The page of its first plane, from 0.</param>
internal sealed record OmeImage(long Width, long Height, long Channels, MicronsPerPixel? Spacing, long Page)
{
    /// <summary>The images in the text's order; none where it is no XML.</summary>
    public static IReadOnlyList<OmeImage> ReadAll(string xml)
    {
        var images = new List<OmeImage>();
        var hasPage = false;
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new StringReader(xml), settings);
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "Pixels" })
                {
                    images.Add(new OmeImage(Whole(reader, "SizeX"), Whole(reader, "SizeY"), Whole(reader, "SizeC"), ReadSpacing(reader), 0));
                    hasPage = false;
                }
                else if (reader is { NodeType: XmlNodeType.Element, LocalName: "TiffData" } && images.Count > 0 && !hasPage)
                {
                    images[^1] = images[^1] with { Page = Whole(reader, "IFD") };
                    hasPage = true;
                }
            }
        }
        catch (XmlException)
        {
            // The text names no place that could be trusted: the slide's µm/px must come from elsewhere.
            return [];
        }

        return images;
    }

    /// <summary>The slide among them: the largest, the first of equals; null where there is none.</summary>
    public static OmeImage? Largest(IReadOnlyList<OmeImage> images) => images.MaxBy(image => (double)image.Width * image.Height);

    private static long Whole(XmlReader element, string name) =>
        long.TryParse(element.GetAttribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static MicronsPerPixel? ReadSpacing(XmlReader pixels) =>
        Microns(pixels, "PhysicalSizeX") is { } x && Microns(pixels, "PhysicalSizeY") is { } y ? new MicronsPerPixel(x, y) : null;

    private static double? Microns(XmlReader pixels, string name)
    {
        // The schema's default is micrometres; "pixel" and "reference frame" are no lengths.
        double? unit = pixels.GetAttribute(name + "Unit") switch
        {
            null or "µm" or "μm" or "um" => 1,
            "nm" => 1e-3,
            "mm" => 1e3,
            "cm" => 1e4,
            "m" => 1e6,
            _ => null,
        };
        return double.TryParse(pixels.GetAttribute(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && MicronsPerPixel.IsPlausible(value * (unit ?? 0))
                ? value * unit
                : null;
    }
}
