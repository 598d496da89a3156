namespace IdcFunctions.Training.Evaluation;

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

    /// <summary>Computes them; a figure that needs both classes is NaN where one is missing.</summary>
    public static Metrics Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, double threshold)
    {
        var confusion = Confusion.Of(labels, probabilities, threshold);
        var sorted = Enumerable.Range(0, labels.Count).OrderBy(i => probabilities[i]).ToArray();
        return new Metrics(
            confusion.Accuracy,
            confusion.BalancedAccuracy,
            confusion.Precision,
            confusion.Sensitivity,
            confusion.F1,
            AreaUnderRoc(labels, probabilities, sorted),
            AveragePrecision(labels, probabilities, sorted),
            labels.Select((label, i) => Math.Pow(probabilities[i] - (label ? 1 : 0), 2)).Average(),
            Reliability.Of(labels, probabilities).Sum(bin => Math.Abs(bin.MeanProbability - bin.IdcShare) * bin.Patches) / labels.Count);
    }

    /// <summary>Figure by figure: what <paramref name="pick"/> makes of the values that are defined, NaN where none is.</summary>
    public static Metrics Combine(IReadOnlyList<Metrics> all, Func<double[], double> pick)
    {
        double At(Func<Metrics, double> figure)
        {
            var values = all.Select(figure).Where(value => !double.IsNaN(value)).Order().ToArray();
            return values.Length == 0 ? double.NaN : pick(values);
        }

        return new Metrics(At(m => m.Accuracy), At(m => m.BalancedAccuracy), At(m => m.Precision), At(m => m.Recall), At(m => m.F1), At(m => m.Auc), At(m => m.PrAuc), At(m => m.Brier), At(m => m.Ece));
    }

    /// <summary>The Mann-Whitney statistic; ties count half.</summary>
    private static double AreaUnderRoc(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, int[] sorted)
    {
        double rankSum = 0;
        long positives = 0;
        for (var from = 0; from < sorted.Length;)
        {
            var to = from;
            while (to < sorted.Length && probabilities[sorted[to]] == probabilities[sorted[from]])
            {
                to++;
            }

            var rank = (from + 1 + to) / 2.0;
            for (; from < to; from++)
            {
                rankSum += labels[sorted[from]] ? rank : 0;
                positives += labels[sorted[from]] ? 1 : 0;
            }
        }

        var negatives = sorted.Length - positives;
        return (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }

    /// <summary>Mean over the patches of IDC of the precision at their probability; ties are passed together.</summary>
    private static double AveragePrecision(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, int[] sorted)
    {
        double sum = 0;
        long positives = 0;
        for (var to = sorted.Length; to > 0;)
        {
            var from = to;
            long inTie = 0;
            while (from > 0 && probabilities[sorted[from - 1]] == probabilities[sorted[to - 1]])
            {
                inTie += labels[sorted[--from]] ? 1 : 0;
            }

            positives += inTie;
            sum += inTie * (double)positives / (sorted.Length - from);
            to = from;
        }

        return sum / positives;
    }
}
