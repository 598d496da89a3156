using System.Text.Json.Serialization;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>How one slide is to be tiled.</summary>
/// <param name="SlideName">The slide's name, for messages.</param>
/// <param name="SpacingOverrideUmPx">The user's µm/px; null to take the slide's own.</param>
/// <param name="TargetSpacingUmPx">The model's µm/px.</param>
/// <param name="PatchSidePixels">A patch's side in pixels.</param>
/// <param name="StridePixels">Target pixels from one patch to the next.</param>
/// <param name="Region">The wanted part, in level-0 pixels; null for all.</param>
/// <param name="IsUpsampled">True to enlarge a slide that is coarser than the target.</param>
/// <param name="Resampling">The model's resampling filter; <c>box</c>.</param>
/// <param name="MinTissueFraction">Share of tissue from which a cell is planned.</param>
public sealed record TilingRequest(
    string SlideName,
    double? SpacingOverrideUmPx,
    double TargetSpacingUmPx,
    int PatchSidePixels,
    int StridePixels,
    PixelRegion? Region,
    bool IsUpsampled,
    string Resampling,
    double MinTissueFraction)
{
    /// <summary>How tissue is told from glass, ink and black.</summary>
    public TissueRules Tissue { get; init; } = TissueRules.Default;

    /// <summary>
    /// True to bring the slide's colours to sRGB by the ICC profile that it holds; the model was trained on colours as
    /// scanners store them.
    /// </summary>
    public bool AppliesIcc { get; init; }

    /// <summary>The user's mask (PNG, non-zero = tissue), which then says what is tissue; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // The generated writer makes an empty text of null bytes.
    public byte[]? Mask { get; init; }
}
