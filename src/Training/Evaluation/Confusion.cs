namespace IdcFunctions.Training.Evaluation;

/// <summary>How decisions and labels meet: IDC is positive.</summary>
/// <param name="TruePositives">IDC called IDC.</param>
/// <param name="FalsePositives">Non-IDC called IDC.</param>
/// <param name="TrueNegatives">Non-IDC called so.</param>
/// <param name="FalseNegatives">IDC that was missed.</param>
public sealed record Confusion(int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives)
{
    /// <summary>Share of right decisions.</summary>
    public double Accuracy => (double)(TruePositives + TrueNegatives) / (TruePositives + TrueNegatives + FalsePositives + FalseNegatives);

    /// <summary>Share of IDC that was found; NaN without IDC.</summary>
    public double Sensitivity => (double)TruePositives / (TruePositives + FalseNegatives);

    /// <summary>Share of non-IDC that was called so; NaN without non-IDC.</summary>
    public double Specificity => (double)TrueNegatives / (TrueNegatives + FalsePositives);

    /// <summary>Mean of sensitivity and specificity.</summary>
    public double BalancedAccuracy => (Sensitivity + Specificity) / 2;

    /// <summary>Share of IDC among what was called so; 0 where nothing was.</summary>
    public double Precision => (double)TruePositives / Math.Max(1, TruePositives + FalsePositives);

    /// <summary>Harmonic mean of precision and sensitivity.</summary>
    public double F1 => 2.0 * TruePositives / ((2.0 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>Counts; a probability at the threshold is IDC.</summary>
    public static Confusion Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, double threshold)
    {
        int truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            switch (labels[i], probabilities[i] >= threshold)
            {
                case (true, true): truePositives++; break;
                case (false, true): falsePositives++; break;
                case (false, false): trueNegatives++; break;
                default: falseNegatives++; break;
            }
        }

        return new Confusion(truePositives, falsePositives, trueNegatives, falseNegatives);
    }
}
