using System.Globalization;
using System.Text;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Artefact;

/// <summary>
/// The model's card: data, split, figures with intervals, and what it must not be used for. It says only what this
/// program knows; the data set's name, its licence and comparisons are the user's notes.
/// </summary>
public static class ModelCard
{
    /// <summary>Writes the card, as Markdown.</summary>
    public static string Write(ModelTarget target, Provenance provenance, ModelEvaluation evaluation)
    {
        var options = provenance.Options;
        var chosen = Choices.Made(provenance);
        var card = new StringBuilder();
        card.Append(CultureInfo.InvariantCulture, $"""
            # {target.Name} {target.Version}

            WideResNet-{options.Depth}-{options.Width} (pre-activation), Dense({options.DenseUnits}, ReLU), Dense(1, sigmoid): uint8 RGB patches of 50×50 px at 4 µm/px in,
            the calibrated probability of invasive ductal carcinoma (IDC) out.

            **Research use only.** The model shows where IDC is likely in a breast slide that is known to be of interest; it does not say
            whether a slide or a patient has cancer. It must not be used for diagnosis, or on other organs, stains or spacings than those
            of its training patches.

            ## Data

            Trained on {Described(provenance.Training)}. {char.ToUpperInvariant(chosen[0])}{chosen[1..]} were chosen on
            {Described(provenance.Validation)}; the figures below are of those, and therefore a little too good.{Choices.Before(provenance)}
            {Sides(provenance)};
            the split's case ids stand in `{ModelArtefact.SplitFile}`, its hash in `config.json`.{Stated(provenance)}

            ## Figures on the validation cases, with 95 % intervals over cases (bootstrap, 500 draws)

            | | at the chosen threshold {evaluation.Threshold:0.00} | 95 % | at 0.5 | 95 % | at 0.5, before calibration |
            |---|---|---|---|---|---|

            """);
        foreach (var (name, value) in Metrics.Figures)
        {
            card.Append(
                CultureInfo.InvariantCulture,
                $"| {name} | {With(evaluation.AtThreshold, value)} | {With(evaluation.AtHalf, value)} | {value(evaluation.Uncalibrated.Point):0.000} |\n");
        }

        card.Append(CultureInfo.InvariantCulture, $"""

            Calibration folded into the last layer: temperature {evaluation.Calibration.Temperature:0.000}, bias {evaluation.Calibration.Bias:0.000}.
            {Training(provenance)}: {Epochs(provenance)} epochs of {options.BatchSize}, {options.Optimizer}, learning rate {options.LearningRate}, weight decay {options.WeightDecay},
            shift {options.Shift} px, stain jitter {options.StainJitter}, label smoothing {options.LabelSmoothing}, dropout {options.Dropout}, {options.Precision} precision, average of the weights with decay {options.AverageDecay}, seed {options.Seed}.{Taught(provenance.Distillation)}

            """);
        if (provenance.Notes.Trim() is { Length: > 0 } notes)
        {
            card.Append(CultureInfo.InvariantCulture, $"\n## Notes\n\n{notes}\n");
        }

        return card.ToString();
    }

    private static string Sides(Provenance provenance) => (provenance.Split.Leak, provenance.NearDuplicatesAcross) switch
    {
        (not null, _) => "**The split is patch by patch and leaks: patches of the same slides were trained on, and on other patients the model will be worse**",
        (null, 0) => "No case is on both sides, and no near-duplicates across them were found",
        (null, var across) => $"No case is on both sides by its id, but **at least {across} pairs of near-duplicates are: a slide may stand under two ids, and the figures may be too good**",
    };

    private static string Stated(Provenance provenance) => provenance.Split.IsOnlyStated
        ? $"\n**That `{(provenance.Weights ?? provenance.Initial)!.File}` was trained on none of the validation cases is only stated: no `{ModelArtefact.SplitFile}` lay beside it, or beside the weights that it was begun with.**"
        : "";

    private static string Described(PatchDataset data)
    {
        var cases = data.Patches.GroupBy(patch => patch.Case).ToList();
        return $"{cases.Count} case{(cases.Count == 1 ? "" : "s")}, {cases.Count(patches => patches.Any(patch => patch.IsIdc))} with patches of IDC ({data.Patches.Count} patches, {data.Patches.Count(patch => patch.IsIdc)} IDC)";
    }

    private static string Training(Provenance provenance) => provenance switch
    {
        { Weights: { } weights } => $"Exported from the weights `{weights.File}` (SHA-256 {weights.Sha256}). Their training, as stated at the export",
        { Initial: { } initial } => $"Training, begun with the weights `{initial.File}` (SHA-256 {initial.Sha256})",
        _ => "Training",
    };

    /// <summary>With a patience it may have ended before the last of them.</summary>
    private static string Epochs(Provenance provenance) => provenance.Epochs.Count is > 0 and var trained && trained < provenance.Options.Epochs
        ? $"{trained} of {provenance.Options.Epochs}"
        : $"{provenance.Options.Epochs}";

    private static string Taught(Distillation? distillation) => distillation is null
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"\nDistilled: {distillation.Share:0.##} of each target was the mean answer, over all eight orientations, "
            + $"of {string.Join(", ", distillation.Teachers.Select(teacher => $"{teacher.Name} {teacher.Version} (SHA-256 {teacher.Sha256[..12]}…)"))}; "
            + $"none of them was trained on the validation cases.");

    private static string With(CaseEvaluation evaluation, Func<Metrics, double> value) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{value(evaluation.Point):0.000} | {value(evaluation.Low):0.000}–{value(evaluation.High):0.000}");
}
