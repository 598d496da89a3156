using System.ComponentModel.DataAnnotations;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>How slides are tiled; section <c>Tiling</c>. All values are part of a run's settings.</summary>
public sealed class TilingOptions
{
    /// <summary>
    /// A cell is planned where at least this share of its pixels is tissue. Default 0.02: lost tissue costs more than a
    /// scored border.
    /// </summary>
    [Range(0.0001, 1)]
    public double MinTissueFraction { get; set; } = 0.02;

    /// <summary>
    /// Least HSV saturation of tissue, of 255. Default 8, CLAM's: 14 of 20,970 labelled patches are lost, all of them pen,
    /// border or glass with a speck (bench/Tissue).
    /// </summary>
    [Range(1, 254)]
    public int MinSaturation { get; set; } = TissueRules.Default.MinSaturation;

    /// <summary>Least saturation of coloured ink, of 255. Default 38.</summary>
    [Range(1, 255)]
    public int MinInkSaturation { get; set; } = TissueRules.Default.MinInkSaturation;

    /// <summary>Brightness (HSV value, of 255) below which a pixel is black, whatever its hue; 0 for none. Default 50.</summary>
    [Range(0, 255)]
    public int MaxBlackBrightness { get; set; } = TissueRules.Default.MaxBlackBrightness;

    /// <summary>Brightness below which a colourless pixel is black ink; 0 for none. Default 110.</summary>
    [Range(0, 255)]
    public int MaxInkBrightness { get; set; } = TissueRules.Default.MaxInkBrightness;

    /// <summary>
    /// Variance of the Laplacian of the luminance (grey levels²; Pech-Pacheco et al. 2000) below which a patch is flagged
    /// as blurred. Default 180: 1 in 1,000 of the training patches lies below it, and 99 % of them once they are smoothed
    /// by a Gaussian of 1.5 px (6 µm).
    /// </summary>
    [Range(0, 100_000)]
    public double BlurredBelow { get; set; } = TissueRules.Default.BlurredBelow;

    /// <summary>Patches in one batch blob and one message. Default 256: 1.9 MB, under half a second of scoring.</summary>
    [Range(1, 4096)]
    public int BatchSize { get; set; } = 256;

    /// <summary>The rules for pixels and patches.</summary>
    public TissueRules ToRules() => new(MinSaturation, MinInkSaturation, MaxBlackBrightness, MaxInkBrightness, BlurredBelow);
}
