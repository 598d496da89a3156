namespace IdcFunctions.Training.Evaluation;

/// <summary>One case's result at the decision threshold.</summary>
/// <param name="Case">The case id.</param>
/// <param name="Patches">Its patches.</param>
/// <param name="Accuracy">Share of right decisions.</param>
/// <param name="BalancedAccuracy">Mean of sensitivity and specificity; null where the case has one class.</param>
/// <param name="Auc">Area under the ROC curve; null where the case has one class.</param>
/// <param name="IdcMm2">Area of the patches labelled IDC, mm².</param>
/// <param name="PredictedIdcMm2">Area of the patches called IDC, mm².</param>
public sealed record CaseResult(string Case, int Patches, double Accuracy, double? BalancedAccuracy, double? Auc, double IdcMm2, double PredictedIdcMm2)
{
    /// <summary>A patch's area: 50 px at 4 µm/px are 0.2 mm.</summary>
    private const double PatchMm2 = 0.04;

    /// <summary>A case's result.</summary>
    public static CaseResult Of(string id, IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, double threshold)
    {
        var (metrics, confusion) = (Metrics.Of(labels, probabilities, threshold), Confusion.Of(labels, probabilities, threshold));
        return new CaseResult(
            id,
            labels.Count,
            metrics.Accuracy,
            double.IsNaN(metrics.BalancedAccuracy) ? null : metrics.BalancedAccuracy,
            double.IsNaN(metrics.Auc) ? null : metrics.Auc,
            labels.Count(label => label) * PatchMm2,
            (confusion.TruePositives + confusion.FalsePositives) * PatchMm2);
    }
}
