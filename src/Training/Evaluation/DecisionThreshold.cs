namespace IdcFunctions.Training.Evaluation;

/// <summary>The threshold with the best balanced accuracy on the patches given, of 0.01 to 0.99 in steps of 0.01; the middle one of equals.</summary>
public static class DecisionThreshold
{
    /// <summary>Chooses it; both classes are needed.</summary>
    public static double Choose(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities)
    {
        var candidates = Enumerable.Range(1, 99).Select(percent => percent / 100.0)
            .Select(threshold => (Threshold: threshold, Metrics.Of(labels, probabilities, threshold).BalancedAccuracy)).ToList();
        var best = candidates.Max(candidate => candidate.BalancedAccuracy);
        var equals = candidates.Where(candidate => candidate.BalancedAccuracy == best).ToList();
        return equals[equals.Count / 2].Threshold;
    }
}
