namespace IdcFunctions.Slides.Storage;

/// <summary>Metadata that a user sets on a slide's blob, together with its content.</summary>
public static class BlobMetadata
{
    /// <summary>The slide's µm/px, where its file states none or a wrong one.</summary>
    public const string SpacingUmPx = "spacing_um_px";

    /// <summary>SHA-256 of the content, lower-case hex: the command uses it to know a slide again.</summary>
    public const string Sha256 = "sha256";
}
