using IdcFunctions.Scoring.Regions;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Scoring;

/// <summary>From a run's patches to the slide's numbers.</summary>
public static class SlideAggregation
{
    private const int MostTopPatches = 10;
    private const float LeastUncertain = 0.2f;
    private const float MostUncertain = 0.8f;

    /// <summary>Summarises a run.</summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="scores">All its scores, in grid order, so that sums are the same on every machine.</param>
    /// <param name="decisionThreshold">Probability from which a patch counts as IDC.</param>
    public static SlideSummary Summarise(TilingPlan plan, IReadOnlyList<PatchScore> scores, double decisionThreshold)
    {
        var grid = plan.Grid;
        int positive = 0, positiveAtHalf = 0, uncertain = 0;
        double sum = 0, max = 0;
        foreach (var score in scores)
        {
            positive += score.Probability >= decisionThreshold ? 1 : 0;
            positiveAtHalf += score.Probability >= 0.5 ? 1 : 0;
            uncertain += score.Probability is >= LeastUncertain and <= MostUncertain ? 1 : 0;
            sum += score.Probability;
            max = Math.Max(max, score.Probability);
        }

        var top = scores.Select(score => score.Probability).OrderDescending().Take(MostTopPatches).ToList();
        var regions = TumourRegions.Find(new ScoredRun(plan, scores, decisionThreshold));
        var tissueArea = grid.AreaMm2(scores.Select(score => score.Cell));
        var tumourArea = grid.AreaMm2(scores.Where(score => score.Probability >= decisionThreshold).Select(score => score.Cell));
        return new SlideSummary(
            scores.Count,
            grid.Columns * grid.Rows,
            positive,
            positiveAtHalf,
            decisionThreshold,
            tissueArea,
            tumourArea,
            tissueArea == 0 ? 0 : tumourArea / tissueArea,
            scores.Count == 0 ? 0 : sum / scores.Count,
            max)
        {
            TopMeanProbability = top.Count == 0 ? 0 : top.Average(probability => (double)probability),
            TopPatches = top.Count,
            UncertainPatches = uncertain,
            Regions = regions.Length,
            LargestRegionMm2 = regions.Length == 0 ? 0 : regions[0].AreaMm2,
            NoTissueCells = plan.NoTissueCells,
            ExcludedCells = plan.ExcludedCells,
            OutsideRegionCells = plan.OutsideRegionCells,
            FailedCells = plan.Cells.Length - scores.Count,
        };
    }
}
