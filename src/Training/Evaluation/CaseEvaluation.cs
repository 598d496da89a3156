namespace IdcFunctions.Training.Evaluation;

/// <summary>
/// Metrics of patches with 95 % intervals over cases: a bootstrap draws whole cases, since patches of one case are alike.
/// A draw in which a figure is not defined (its cases have one class) does not count for that figure.
/// </summary>
/// <param name="Point">On all patches.</param>
/// <param name="Low">2.5 % quantiles.</param>
/// <param name="High">97.5 % quantiles.</param>
public sealed record CaseEvaluation(Metrics Point, Metrics Low, Metrics High)
{
    private const int Draws = 500;

    /// <summary>Evaluates; the same input gives the same intervals.</summary>
    public static CaseEvaluation Of(IReadOnlyList<LabelledPatch> patches, IReadOnlyList<float> probabilities, double threshold)
    {
        var labels = patches.Select(patch => patch.IsIdc).ToArray();
        var cases = Enumerable.Range(0, patches.Count).GroupBy(i => patches[i].Case).Select(group => group.ToArray()).ToArray();
        var random = new Random(0);
        int[][] choices = [.. Enumerable.Range(0, Draws).Select(_ => Enumerable.Range(0, cases.Length).Select(_ => random.Next(cases.Length)).ToArray())];
        var draws = choices.AsParallel().AsOrdered().Select(chosen =>
        {
            var drawn = chosen.SelectMany(one => cases[one]).ToArray();
            return Metrics.Of([.. drawn.Select(i => labels[i])], [.. drawn.Select(i => probabilities[i])], threshold);
        }).ToArray();
        return new CaseEvaluation(
            Metrics.Of(labels, probabilities, threshold),
            Metrics.Combine(draws, values => Quantile(values, 0.025)),
            Metrics.Combine(draws, values => Quantile(values, 0.975)));
    }

    private static double Quantile(double[] sorted, double quantile) => sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
}
