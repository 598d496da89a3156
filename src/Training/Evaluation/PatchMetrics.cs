namespace IdcFunctions.Training.Evaluation;

/// <summary>Makes <see cref="Metrics"/> of patches.</summary>
public static class PatchMetrics
{
    extension(Metrics)
    {
        /// <summary>Computes them; a figure that needs both classes is NaN where one is missing.</summary>
        /// <exception cref="NothingLearntException">A probability is no number.</exception>
        public static Metrics Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, double threshold)
        {
            // No number equals itself or another: the ranks of ties would never come to an end.
            if (probabilities.Count(float.IsNaN) is > 0 and var undefined)
            {
                throw new NothingLearntException(
                    $"{undefined} of {probabilities.Count} probabilities are no numbers: the network has diverged. Lower --learning-rate.");
            }

            var confusion = Confusion.Of(labels, probabilities, threshold);
            var sorted = Ascending(probabilities);
            return new Metrics(
                confusion.Accuracy,
                confusion.BalancedAccuracy,
                confusion.Precision,
                confusion.Sensitivity,
                confusion.F1,
                AreaUnderRoc(labels, probabilities, sorted),
                AveragePrecision(labels, probabilities, sorted),
                labels.Select((label, i) => Math.Pow(probabilities[i] - (label ? 1 : 0), 2)).Average(),
                Reliability.Of(labels, probabilities, sorted).Sum(bin => Math.Abs(bin.MeanProbability - bin.IdcShare) * bin.Patches) / labels.Count);
        }

        /// <summary>Figure by figure: what <paramref name="pick"/> makes of the values that are defined, NaN where none is.</summary>
        public static Metrics Combine(IReadOnlyList<Metrics> all, Func<double[], double> pick)
        {
            double At(Func<Metrics, double> figure)
            {
                var values = all.Select(figure).Where(value => !double.IsNaN(value)).Order().ToArray();
                return values.Length == 0 ? double.NaN : pick(values);
            }

            return new Metrics(
                At(m => m.Accuracy),
                At(m => m.BalancedAccuracy),
                At(m => m.Precision),
                At(m => m.Recall),
                At(m => m.F1),
                At(m => m.Auc),
                At(m => m.PrAuc),
                At(m => m.Brier),
                At(m => m.Ece));
        }
    }

    /// <summary>The patches from the least to the most probable; those of one probability in any order.</summary>
    internal static int[] Ascending(IReadOnlyList<float> probabilities)
    {
        int[] patches = [.. Enumerable.Range(0, probabilities.Count)];
        float[] keys = [.. probabilities];
        Array.Sort(keys, patches);
        return patches;
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
