namespace IdcFunctions.Training.Evaluation;

/// <summary>How well probabilities agree with labels.</summary>
/// <param name="Accuracy">Share of right decisions.</param>
/// <param name="BalancedAccuracy">Mean of sensitivity and specificity.</param>
/// <param name="F1">F1 of IDC.</param>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="Ece">Expected calibration error over 15 bins of equal mass: mean distance of a bin's mean probability from its share of IDC.</param>
public sealed record Metrics(double Accuracy, double BalancedAccuracy, double F1, double Auc, double Ece)
{
    private const int CalibrationBins = 15;

    /// <summary>Computes them; a figure that needs both classes is NaN where one is missing.</summary>
    public static Metrics Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, double threshold)
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

        var sensitivity = (double)truePositives / (truePositives + falseNegatives);
        var specificity = (double)trueNegatives / (trueNegatives + falsePositives);
        var sorted = Enumerable.Range(0, labels.Count).OrderBy(i => probabilities[i]).ToArray();
        return new Metrics(
            (double)(truePositives + trueNegatives) / labels.Count,
            (sensitivity + specificity) / 2,
            2.0 * truePositives / ((2.0 * truePositives) + falsePositives + falseNegatives),
            AreaUnderRoc(labels, probabilities, sorted),
            CalibrationError(labels, probabilities, sorted));
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

    /// <summary>Bin edges are quantiles, linearly interpolated; equal probabilities always share a bin.</summary>
    private static double CalibrationError(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, int[] sorted)
    {
        double error = 0;
        for (int bin = 0, from = 0; bin < CalibrationBins && from < sorted.Length; bin++)
        {
            var edge = bin == CalibrationBins - 1 ? double.PositiveInfinity : Quantile((bin + 1.0) / CalibrationBins);
            double said = 0, was = 0;
            for (; from < sorted.Length && probabilities[sorted[from]] < edge; from++)
            {
                said += probabilities[sorted[from]];
                was += labels[sorted[from]] ? 1 : 0;
            }

            error += Math.Abs(said - was) / sorted.Length;
        }

        return error;

        double Quantile(double share)
        {
            var position = share * (sorted.Length - 1);
            var below = (int)position;
            double low = probabilities[sorted[below]], high = probabilities[sorted[Math.Min(below + 1, sorted.Length - 1)]];
            return low + ((high - low) * (position - below));
        }
    }
}
