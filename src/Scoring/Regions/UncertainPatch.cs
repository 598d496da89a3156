using System.Collections.Immutable;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring.Regions;

/// <summary>A patch whose class depends on little.</summary>
/// <param name="Cell">Its place in the grid.</param>
/// <param name="Region">Its place in level-0 pixels.</param>
/// <param name="Probability">P(IDC).</param>
/// <param name="Spread">Standard deviation of P(IDC) over the patch's orientations; 0 where it was scored in one.</param>
/// <param name="Margin">Distance of the probability from the decision threshold.</param>
public sealed record UncertainPatch(PatchCell Cell, PixelRegion Region, float Probability, float Spread, double Margin)
{
    /// <summary>
    /// All patches, the least certain first: by their margin less their spread, so that of two at the same margin the one
    /// that turning changes more comes first.
    /// </summary>
    public static ImmutableArray<UncertainPatch> LeastCertain(ScoredRun run) =>
        [.. run.Scores
            .Select(score => new UncertainPatch(
                score.Cell,
                run.Plan.Grid.RegionOf(score.Cell),
                score.Probability,
                score.Spread,
                Math.Abs(score.Probability - run.DecisionThreshold)))
            .OrderBy(patch => patch.Margin - patch.Spread)
            .ThenBy(patch => patch.Cell)];
}
