namespace IdcFunctions.Training.Evaluation;

/// <summary>What one threshold reaches: a point of the ROC curve and of the precision-recall curve.</summary>
/// <param name="Threshold">Probabilities from here on are IDC.</param>
/// <param name="Sensitivity">Share of IDC that is found; the recall.</param>
/// <param name="FalsePositiveRate">Share of non-IDC that is called IDC.</param>
/// <param name="Precision">Share of IDC among what is called so.</param>
public sealed record CurvePoint(double Threshold, double Sensitivity, double FalsePositiveRate, double Precision)
{
    private const int MostPoints = 400;

    /// <summary>The points at the probabilities that occur, from the highest down; of many, some at equal distances.</summary>
    public static IReadOnlyList<CurvePoint> Of(IReadOnlyList<bool> labels, IReadOnlyList<float> probabilities)
    {
        var sorted = Enumerable.Range(0, labels.Count).OrderByDescending(i => probabilities[i]).ToArray();
        double positives = labels.Count(label => label), negatives = labels.Count - positives;
        var points = new List<CurvePoint>();
        int found = 0, wrong = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            _ = labels[sorted[i]] ? found++ : wrong++;
            if (i + 1 == sorted.Length || probabilities[sorted[i + 1]] != probabilities[sorted[i]])
            {
                points.Add(new CurvePoint(probabilities[sorted[i]], found / positives, wrong / negatives, (double)found / (found + wrong)));
            }
        }

        var stride = (points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Where((_, i) => i % stride == 0 || i == points.Count - 1)];
    }
}
