namespace IdcFunctions.Training.Evaluation;

/// <summary>All that is measured of a network on its validation cases, after calibration and threshold were chosen on them.</summary>
/// <param name="Calibration">The calibration folded into the model.</param>
/// <param name="Threshold">The decision threshold: the best for balanced accuracy.</param>
/// <param name="AtThreshold">Figures at it.</param>
/// <param name="AtHalf">Figures at 0.5.</param>
/// <param name="Uncalibrated">Figures at 0.5 before the calibration.</param>
/// <param name="Confusion">Counts at the threshold.</param>
/// <param name="Curve">ROC and precision-recall curve.</param>
/// <param name="Reliability">The reliability diagram, calibrated.</param>
/// <param name="UncalibratedReliability">The same before the calibration.</param>
/// <param name="Cases">A result a case.</param>
public sealed record ModelEvaluation(
    Calibration Calibration,
    double Threshold,
    CaseEvaluation AtThreshold,
    CaseEvaluation AtHalf,
    CaseEvaluation Uncalibrated,
    Confusion Confusion,
    IReadOnlyList<CurvePoint> Curve,
    IReadOnlyList<ReliabilityBin> Reliability,
    IReadOnlyList<ReliabilityBin> UncalibratedReliability,
    IReadOnlyList<CaseResult> Cases)
{
    private static readonly Calibration None = new(1, 0);

    /// <summary>Calibrates, chooses the threshold and measures.</summary>
    /// <param name="patches">The validation patches.</param>
    /// <param name="logits">The network's logits of them.</param>
    /// <exception cref="NothingLearntException">The logits do not order the patches.</exception>
    public static ModelEvaluation Of(IReadOnlyList<LabelledPatch> patches, IReadOnlyList<float> logits)
    {
        var labels = patches.Select(patch => patch.IsIdc).ToArray();
        var calibration = Calibration.Fit(logits, labels);
        var probabilities = logits.Select(calibration.Apply).ToArray();
        var uncalibrated = logits.Select(None.Apply).ToArray();
        var threshold = DecisionThreshold.Choose(labels, probabilities);
        return new ModelEvaluation(
            calibration,
            threshold,
            CaseEvaluation.Of(patches, probabilities, threshold),
            CaseEvaluation.Of(patches, probabilities, 0.5),
            CaseEvaluation.Of(patches, uncalibrated, 0.5),
            Confusion.Of(labels, probabilities, threshold),
            CurvePoint.Of(labels, probabilities),
            Evaluation.Reliability.Of(labels, probabilities),
            Evaluation.Reliability.Of(labels, uncalibrated),
            [.. Enumerable.Range(0, patches.Count)
                .GroupBy(i => patches[i].Case)
                .Select(group => CaseResult.Of(group.Key, [.. group.Select(i => labels[i])], [.. group.Select(i => probabilities[i])], threshold))]);
    }
}
