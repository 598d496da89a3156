namespace IdcFunctions.Slides.Training;

/// <summary>The files of a training run that tell what it came to; pictures of errors only where there are some.</summary>
public static class TrainingResults
{
    /// <summary>A file's name, beside the model and in <c>training-runs/{id}/</c>.</summary>
    public const string
        Evaluation = "evaluation.json",
        Split = "split.json",
        Intake = "intake.json",
        Predictions = "predictions.csv",
        Report = "report.html",
        Roc = "roc.png",
        PrecisionRecall = "precision-recall.png",
        Reliability = "reliability.png",
        WorstFalsePositives = "worst-false-positives.png",
        WorstFalseNegatives = "worst-false-negatives.png";

    /// <summary>All of them, with their media types.</summary>
    public static IReadOnlyDictionary<string, string> MediaTypes { get; } = new Dictionary<string, string>
    {
        [Evaluation] = "application/json",
        [Split] = "application/json",
        [Intake] = "application/json",
        [Predictions] = "text/csv",
        [Report] = "text/html; charset=utf-8",
        [Roc] = "image/png",
        [PrecisionRecall] = "image/png",
        [Reliability] = "image/png",
        [WorstFalsePositives] = "image/png",
        [WorstFalseNegatives] = "image/png",
    };
}
