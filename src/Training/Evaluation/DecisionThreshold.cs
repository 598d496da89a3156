namespace IdcFunctions.Training.Evaluation;

/// <summary>The threshold with the best balanced accuracy on the patches given, in steps of 0.01; the middle one of equals.</summary>
public static class DecisionThreshold
{
    /// <summary>Chooses it.</summary>
    public static double Choose(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities)
    {
        var candidates = Enumerable.Range(5, 91).Select(percent => percent / 100.0)
            .Select(threshold => (Threshold: threshold, Metrics.Of(labels, probabilities, threshold).BalancedAccuracy)).ToList();
        var best = candidates.Max(candidate => candidate.BalancedAccuracy);
        var equals = candidates.Where(candidate => candidate.BalancedAccuracy == best).ToList();
        return equals[equals.Count / 2].Threshold;
    }
}
