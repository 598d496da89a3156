using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Tiling;

/// <summary>How slides are tiled; section <c>Tiling</c>. Both values are part of a run's settings.</summary>
public sealed class TilingOptions
{
    /// <summary>A cell is planned where at least this share of its pixels is tissue. Default 0.05: lost tissue costs more than a scored border.</summary>
    [Range(0.0001, 1)]
    public double MinTissueFraction { get; set; } = 0.05;

    /// <summary>Patches in one batch blob and one message. Default 256: 1.9 MB, under half a second of scoring.</summary>
    [Range(1, 4096)]
    public int BatchSize { get; set; } = 256;
}
