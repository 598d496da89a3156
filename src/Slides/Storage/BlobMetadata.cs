namespace IdcFunctions.Slides.Storage;

/// <summary>Metadata that a user sets on a slide's blob, together with its content.</summary>
public static class BlobMetadata
{
    /// <summary>The slide's µm/px, where its file states none or a wrong one.</summary>
    public const string SpacingUmPx = "spacing_um_px";

    /// <summary>Target pixels from one patch to the next, 1 to the patch's side; shorter than the side, patches overlap.</summary>
    public const string Stride = "stride";

    /// <summary>The wanted part of the slide: <c>x,y,width,height</c> in level-0 pixels.</summary>
    public const string Region = "region";

    /// <summary><c>true</c> to enlarge a slide that is coarser than the model's spacing.</summary>
    public const string Upsample = "upsample";

    /// <summary><c>true</c> to bring the slide's colours to sRGB by the ICC profile that it holds.</summary>
    public const string Icc = "icc";

    /// <summary>SHA-256 of the content, lower-case hex: the command uses it to know a slide again.</summary>
    public const string Sha256 = "sha256";
}
