using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>How one slide is to be tiled.</summary>
/// <param name="SlideName">The slide's name, for messages.</param>
/// <param name="SpacingOverrideUmPx">The user's µm/px; null to take the slide's own.</param>
/// <param name="TargetSpacingUmPx">The model's µm/px.</param>
/// <param name="PatchSidePixels">A patch's side in pixels.</param>
/// <param name="Resampling">The model's resampling filter; <c>box</c>.</param>
/// <param name="MinTissueFraction">Share of tissue from which a cell is planned.</param>
public sealed record TilingRequest(
    string SlideName, double? SpacingOverrideUmPx, double TargetSpacingUmPx, int PatchSidePixels, string Resampling, double MinTissueFraction)
{
    /// <summary>How tissue is told from glass, ink and black.</summary>
    public TissueRules Tissue { get; init; } = TissueRules.Default;

    /// <summary>The user's mask (PNG, non-zero = tissue), which then says what is tissue; null where there is none.</summary>
    public byte[]? Mask { get; init; }
}
