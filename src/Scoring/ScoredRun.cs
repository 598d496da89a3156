using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Scoring;

/// <summary>A run's plan and all its scores.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Scores">The scores, in grid order.</param>
/// <param name="DecisionThreshold">The model's threshold.</param>
public sealed record ScoredRun(TilingPlan Plan, IReadOnlyList<PatchScore> Scores, double DecisionThreshold)
{
    /// <summary>Area of predicted IDC, mm².</summary>
    public double TumourAreaMm2 => Plan.Grid.AreaMm2(Scores.Where(score => score.Probability >= DecisionThreshold).Select(score => score.Cell));
}
