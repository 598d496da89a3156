using System.Text.Json.Serialization;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides.Runs;

/// <summary>What determines the patches cut from given bytes.</summary>
/// <param name="SpacingUmPx">The user's µm/px (blob metadata <c>spacing_um_px</c>); null to take the slide's own.</param>
/// <param name="TargetSpacingUmPx">The model's µm/px.</param>
/// <param name="PatchSidePixels">A patch's side in pixels.</param>
/// <param name="StridePixels">From one patch to the next in target pixels (blob metadata <c>stride</c>); the patch's side for none that overlap.</param>
/// <param name="Region">The part of the slide that is wanted, in level-0 pixels (blob metadata <c>region</c>): cells that overlap it; null for all of it.</param>
/// <param name="IsUpsampled">True where a slide coarser than the model's spacing is to be enlarged (blob metadata <c>upsample</c>) instead of refused.</param>
/// <param name="Resampling">The model's resampling filter: <c>box</c>.</param>
/// <param name="MinTissueFraction">A cell is planned where at least this share of its pixels is tissue, in (0, 1].</param>
/// <param name="BatchSize">Patches in one batch.</param>
/// <param name="TilingVersion">The tiling code's version and libvips' version.</param>
public sealed record TilingSettings(
    double? SpacingUmPx,
    double TargetSpacingUmPx,
    int PatchSidePixels,
    int StridePixels,
    PixelRegion? Region,
    bool IsUpsampled,
    string Resampling,
    double MinTissueFraction,
    int BatchSize,
    string TilingVersion)
{
    /// <summary>How tissue is told from glass, ink and black, and sharp from blurred.</summary>
    public TissueRules Tissue { get; init; } = TissueRules.Default;

    /// <summary>
    /// True where the slide's own ICC profile brings its colours to sRGB (blob metadata <c>icc</c>). Left out of the JSON
    /// where it is not so: ids of older runs stay.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AppliesIcc { get; init; }

    /// <summary>ETag of the user's mask, which then says what is tissue; null where there is none.</summary>
    public string? MaskEtag { get; init; }

    /// <summary>Bytes of one patch: side × side × 3.</summary>
    [JsonIgnore]
    public int PatchBytes => PatchSidePixels * PatchSidePixels * 3;
}
