namespace IdcFunctions.Training.Evaluation;

/// <summary>Whether what is said with a probability happens as often.</summary>
public static class Reliability
{
    private const int Bins = 15;

    /// <summary>
    /// Bins of equal mass: edges are quantiles, linearly interpolated; equal probabilities always share a bin. Empty bins
    /// are left out.
    /// </summary>
    public static IReadOnlyList<ReliabilityBin> Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities) =>
        Of(labels, probabilities, PatchMetrics.Ascending(probabilities));

    /// <summary>The same of patches that are sorted already.</summary>
    internal static IReadOnlyList<ReliabilityBin> Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities, int[] sorted)
    {
        var bins = new List<ReliabilityBin>();
        for (int bin = 0, from = 0; bin < Bins && from < sorted.Length; bin++)
        {
            var edge = bin == Bins - 1 ? double.PositiveInfinity : Quantile((bin + 1.0) / Bins);
            double said = 0, was = 0;
            var first = from;
            for (; from < sorted.Length && probabilities[sorted[from]] < edge; from++)
            {
                said += probabilities[sorted[from]];
                was += labels[sorted[from]] ? 1 : 0;
            }

            if (from > first)
            {
                bins.Add(new ReliabilityBin(from - first, said / (from - first), was / (from - first)));
            }
        }

        return bins;

        double Quantile(double share)
        {
            var position = share * (sorted.Length - 1);
            var below = (int)position;
            double low = probabilities[sorted[below]], high = probabilities[sorted[Math.Min(below + 1, sorted.Length - 1)]];
            return low + ((high - low) * (position - below));
        }
    }
}
