namespace IdcFunctions.Training.Evaluation;

/// <summary>
/// Compares two sets of probabilities of the same patches: the same cases are drawn for both, so that what differs between
/// cases does not count.
/// </summary>
public static class PairedBootstrap
{
    private const int Draws = 1000;

    /// <summary>
    /// By how much the probabilities of a patch differ at most; no number where one of them is none, which LINQ's Max
    /// would pass over.
    /// </summary>
    public static float LargestDifference(IEnumerable<float> first, IEnumerable<float> second) =>
        first.Zip(second, (a, b) => Math.Abs(a - b)).Aggregate(0f, Math.Max);

    /// <summary>
    /// The loss of balanced accuracy that the second has over the first with at most 2.5 % probability of more: the upper
    /// end of the 95 % interval over cases.
    /// </summary>
    public static double UpperLossOfBalancedAccuracy(IReadOnlyList<LabelledPatch> patches, IReadOnlyList<float> first, IReadOnlyList<float> second, double threshold)
    {
        var cases = Enumerable.Range(0, patches.Count).GroupBy(i => patches[i].Case).Select(group => group.ToArray()).ToArray();
        var random = new Random(0);
        var losses = new List<double>();
        for (var draw = 0; draw < Draws; draw++)
        {
            var drawn = Enumerable.Range(0, cases.Length).SelectMany(_ => cases[random.Next(cases.Length)]).ToArray();
            var labels = drawn.Select(i => patches[i].IsIdc).ToArray();
            var loss = Of(first) - Of(second);
            if (!double.IsNaN(loss))
            {
                losses.Add(loss);
            }

            double Of(IReadOnlyList<float> probabilities) => Confusion.Of(labels, [.. drawn.Select(i => probabilities[i])], threshold).BalancedAccuracy;
        }

        losses.Sort();
        return losses[(int)Math.Round(0.975 * (losses.Count - 1))];
    }
}
