namespace IdcFunctions.Slides.Training;

/// <summary>How well probabilities agree with labels.</summary>
/// <param name="Accuracy">Share of right decisions.</param>
/// <param name="BalancedAccuracy">Mean of sensitivity and specificity.</param>
/// <param name="Precision">Share of IDC among the patches called IDC.</param>
/// <param name="Recall">Share of the patches of IDC that were called so: the sensitivity.</param>
/// <param name="F1">F1 of IDC.</param>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="PrAuc">Area under the precision-recall curve, as average precision.</param>
/// <param name="Brier">Mean squared distance of probability and label.</param>
/// <param name="Ece">Expected calibration error over 15 bins of equal mass: mean distance of a bin's mean probability from its share of IDC.</param>
public sealed record Metrics(double Accuracy, double BalancedAccuracy, double Precision, double Recall, double F1, double Auc, double PrAuc, double Brier, double Ece)
{
    /// <summary>The figures with their names, in the order in which they are shown.</summary>
    public static IReadOnlyList<(string Name, Func<Metrics, double> Value)> Figures { get; } =
    [
        ("accuracy", m => m.Accuracy), ("balanced accuracy", m => m.BalancedAccuracy), ("precision", m => m.Precision), ("recall", m => m.Recall),
        ("F1", m => m.F1), ("AUC", m => m.Auc), ("PR-AUC", m => m.PrAuc), ("Brier", m => m.Brier), ("ECE", m => m.Ece),
    ];
}
