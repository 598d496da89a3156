using System.Globalization;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>What a slide's uploader asked for in the blob's metadata.</summary>
/// <param name="SpacingUmPx">Level 0's µm/px; null to take the slide's own.</param>
/// <param name="StridePixels">Target pixels from one patch to the next.</param>
/// <param name="Region">The wanted part, in level-0 pixels; null for all.</param>
/// <param name="IsUpsampled">True to enlarge a slide that is coarser than the model's spacing.</param>
/// <param name="AppliesIcc">True to apply the slide's ICC profile.</param>
public sealed record SlideMetadata(double? SpacingUmPx, int StridePixels, PixelRegion? Region, bool IsUpsampled, bool AppliesIcc)
{
    /// <summary>Reads the metadata.</summary>
    /// <param name="name">The slide's name, for the reason.</param>
    /// <param name="metadata">The blob's metadata.</param>
    /// <param name="patchSidePixels">The model's patch side.</param>
    /// <exception cref="SlideRefusedException">A value can't be read; nothing is guessed in its place.</exception>
    public static SlideMetadata Read(string name, IDictionary<string, string> metadata, int patchSidePixels)
    {
        double? spacing = null;
        if (metadata.TryGetValue(BlobMetadata.SpacingUmPx, out var text))
        {
            spacing = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && MicronsPerPixel.IsPlausible(value)
                ? value
                : throw Refused(
                    name,
                    BlobMetadata.SpacingUmPx,
                    text,
                    $"no µm/px between {MicronsPerPixel.Finest} and {MicronsPerPixel.Coarsest}",
                    "0.25");
        }

        var stride = patchSidePixels;
        if (metadata.TryGetValue(BlobMetadata.Stride, out text)
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out stride) && stride >= 1 && stride <= patchSidePixels))
        {
            throw Refused(name, BlobMetadata.Stride, text, $"no whole number from 1 to {patchSidePixels}", "25");
        }

        PixelRegion? region = null;
        if (metadata.TryGetValue(BlobMetadata.Region, out text))
        {
            region = PixelRegion.TryParse(text, out var parsed) && parsed is { MinX: >= 0, MinY: >= 0 }
                ? parsed
                : throw Refused(name, BlobMetadata.Region, text, "not x,y,width,height in level-0 pixels", "10000,8000,4000,4000");
        }

        return new SlideMetadata(spacing, stride, region, IsTrue(BlobMetadata.Upsample), IsTrue(BlobMetadata.Icc));

        bool IsTrue(string key)
        {
            var isTrue = false;
            return metadata.TryGetValue(key, out var value) && !bool.TryParse(value, out isTrue)
                ? throw Refused(name, key, value, "neither true nor false", "true")
                : isTrue;
        }
    }

    private static SlideRefusedException Refused(string name, string key, string value, string fact, string example) => new(new SlideFailure(
        "upload",
        $"{key.Split('_')[0]}-invalid",
        $"{name}: the blob's metadata '{key}' is '{value}', which is {fact}.",
        $"Correct the metadata, for example {example}, then rescore the slide."));
}
