using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Reporting;

/// <summary>The plots of an evaluation that are also files of their own.</summary>
public static class EvaluationPlots
{
    /// <summary>Colour of what is, and of what it is compared with.</summary>
    public const string Blue = "#1f6fb4", Ochre = "#c58b2a";

    /// <summary>ROC, precision and recall, reliability; each with the name of its file.</summary>
    public static IReadOnlyList<(string File, SvgPlot Plot)> Of(ModelEvaluation evaluation)
    {
        var reliability = Points(evaluation.Reliability);
        return
        [
            (TrainingResults.Roc, new SvgPlot("ROC", "false positive rate", "sensitivity").Diagonal().Line(evaluation.Curve.Select(p => (p.FalsePositiveRate, p.Sensitivity)).Prepend((0, 0)), Blue)),
            (TrainingResults.PrecisionRecall, new SvgPlot("Precision and recall", "recall", "precision").Line(evaluation.Curve.Select(p => (p.Sensitivity, p.Precision)), Blue)),
            (TrainingResults.Reliability, new SvgPlot("Reliability (ochre: before calibration)", "probability said", "share of IDC").Diagonal().Line(Points(evaluation.UncalibratedReliability), Ochre).Line(reliability, Blue).Dots(reliability, Blue)),
        ];
    }

    private static IReadOnlyList<(double X, double Y)> Points(IReadOnlyList<ReliabilityBin> bins) => [.. bins.Select(bin => (bin.MeanProbability, bin.IdcShare))];
}
