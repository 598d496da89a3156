using System.Collections.Immutable;

namespace IdcFunctions.Scoring;

/// <summary>How far two runs of a slide agree, each at its own model's threshold, on the cells that both scored.</summary>
/// <param name="Common">Cells that both scored.</param>
/// <param name="OnlyFirst">Cells that only the first scored.</param>
/// <param name="OnlySecond">Cells that only the second scored.</param>
/// <param name="BothPositive">Common cells that both call IDC.</param>
/// <param name="BothNegative">Common cells that neither calls IDC.</param>
/// <param name="Agreement">Share of common cells of one class in both, in [0, 1]; 0 where there are none.</param>
/// <param name="MeanAbsoluteDifference">Mean absolute difference of the probabilities over common cells.</param>
/// <param name="TumourAreaDifferenceMm2">The second's area of predicted IDC less the first's, mm², over all their cells.</param>
/// <param name="Flipped">Common cells whose class differs, the largest difference of probability first.</param>
public sealed record RunComparison(
    int Common,
    int OnlyFirst,
    int OnlySecond,
    int BothPositive,
    int BothNegative,
    double Agreement,
    double MeanAbsoluteDifference,
    double TumourAreaDifferenceMm2,
    ImmutableArray<FlippedPatch> Flipped)
{
    /// <summary>Compares two runs; null where their grids differ, so that their cells are other places.</summary>
    public static RunComparison? Of(ScoredRun first, ScoredRun second)
    {
        if (first.Plan.Grid != second.Plan.Grid)
        {
            return null;
        }

        var others = second.Scores.ToDictionary(score => score.Cell, score => score.Probability);
        var flipped = new List<FlippedPatch>();
        int common = 0, bothPositive = 0, bothNegative = 0;
        var differences = 0.0;
        foreach (var score in first.Scores)
        {
            if (!others.TryGetValue(score.Cell, out var other))
            {
                continue;
            }

            common++;
            differences += Math.Abs((double)score.Probability - other);
            var (isPositive, isOtherPositive) = (score.Probability >= first.DecisionThreshold, other >= second.DecisionThreshold);
            bothPositive += isPositive && isOtherPositive ? 1 : 0;
            bothNegative += !isPositive && !isOtherPositive ? 1 : 0;
            if (isPositive != isOtherPositive)
            {
                flipped.Add(new FlippedPatch(score.Cell, first.Plan.Grid.RegionOf(score.Cell), score.Probability, other));
            }
        }

        return new RunComparison(
            common,
            first.Scores.Count - common,
            second.Scores.Count - common,
            bothPositive,
            bothNegative,
            common == 0 ? 0 : (double)(bothPositive + bothNegative) / common,
            common == 0 ? 0 : differences / common,
            second.TumourAreaMm2 - first.TumourAreaMm2,
            [.. flipped.OrderByDescending(patch => Math.Abs(patch.First - patch.Second)).ThenBy(patch => patch.Cell)]);
    }
}
