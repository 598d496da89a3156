using System.Globalization;
using System.Text;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Artefact;

/// <summary>The model's card: data, split, figures with intervals, and what it must not be used for.</summary>
public static class ModelCard
{
    /// <summary>Writes the card.</summary>
    public static string Write(
        ModelTarget target, TrainingOptions options, CaseSplit split, PatchDataset training, PatchDataset validation, Calibration calibration, double threshold, CaseEvaluation atThreshold, CaseEvaluation atHalf)
    {
        var card = new StringBuilder();
        card.Append(CultureInfo.InvariantCulture, $"""
            # {target.Name} {target.Version}

            WideResNet-16-{options.Width} (pre-activation), Dense(20, ReLU), Dense(1, sigmoid): uint8 RGB patches of 50×50 px at 4 µm/px in,
            the calibrated probability of invasive ductal carcinoma (IDC) out.

            **Research use only.** Every case of the data set contains IDC, so nothing trained on it says whether a slide or a patient has
            cancer: the model shows where IDC is likely in a breast slide, stained with H&E, that is known to be of interest. It must not be
            used for diagnosis, on other organs, on other stains, or on slides at another spacing.

            ## Data

            Labelled patches of the set "Breast Histopathology Images" (Janowczyk & Madabhushi 2016; Cruz-Roa et al. 2014), about a tenth of
            it. Trained on {split.Training.Count} cases ({training.Patches.Count} patches, {training.Patches.Count(patch => patch.IsIdc)} IDC). Epoch, calibration and threshold were chosen on
            {split.Validation.Count} other cases ({validation.Patches.Count} patches, {validation.Patches.Count(patch => patch.IsIdc)} IDC); the figures below are of those, and therefore a little too good.
            The published test cases were never used. No case is on both sides; the split's hash stands in `config.json`.

            ## Figures on the validation cases, with 95 % intervals over cases (bootstrap, 500 draws)

            | | at the chosen threshold {threshold:0.00} | 95 % | at 0.5 | 95 % | a plain PyTorch training at its best threshold |
            |---|---|---|---|---|---|

            """);
        Row(card, "accuracy", m => m.Accuracy, atThreshold, atHalf, "0.887");
        Row(card, "balanced accuracy", m => m.BalancedAccuracy, atThreshold, atHalf, "0.900");
        Row(card, "F1", m => m.F1, atThreshold, atHalf, "0.834");
        Row(card, "AUC", m => m.Auc, atThreshold, atHalf, "0.957");
        Row(card, "ECE", m => m.Ece, atThreshold, atHalf, "0.100 (0.012 after calibration)");
        card.Append(CultureInfo.InvariantCulture, $"""

            The last column is a training of the same network on the same patches for twelve epochs with a common script. On cases that
            nobody trained or chose on, expect one to two points less. Published figures for this data set by patient (F1 0.7648 and balanced
            accuracy 0.8468, Janowczyk & Madabhushi 2016) are of the test cases and all their patches, and not comparable with these.

            Calibration folded into the last layer: temperature {calibration.Temperature:0.000}, bias {calibration.Bias:0.000}.
            Training: {options.Epochs} epochs of {options.BatchSize}, learning rate {options.LearningRate}, weight decay {options.WeightDecay}, colour jitter {options.ColourJitter}, average of the weights
            with decay {options.AverageDecay}, seed {options.Seed}.

            """);
        return card.ToString();
    }

    private static void Row(StringBuilder card, string name, Func<Metrics, double> figure, CaseEvaluation atThreshold, CaseEvaluation atHalf, string peer) =>
        card.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {figure(atThreshold.Point):0.000} | {figure(atThreshold.Low):0.000}–{figure(atThreshold.High):0.000} | {figure(atHalf.Point):0.000} | {figure(atHalf.Low):0.000}–{figure(atHalf.High):0.000} | {peer} |\n");
}
