using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides;

/// <summary>A scored patch.</summary>
/// <param name="Cell">Its place in the grid.</param>
/// <param name="Probability">Calibrated P(IDC), in [0, 1].</param>
/// <param name="Qualities">What the tiler noted.</param>
public readonly record struct PatchScore(PatchCell Cell, float Probability, PatchQualities Qualities)
{
    /// <summary>Standard deviation of P(IDC) over the patch's orientations; 0 where it was scored in one.</summary>
    public float Spread { get; init; }
}
