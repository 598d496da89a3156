using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Artefact;

/// <summary>What a model was made from.</summary>
/// <param name="Options">The hyperparameters; of loaded weights, those stated at their export.</param>
/// <param name="Intake">The data set's intake.</param>
/// <param name="Split">Its cases.</param>
/// <param name="Training">The patches trained on.</param>
/// <param name="Validation">The patches calibrated and evaluated on.</param>
/// <param name="Epochs">What the epochs came to; empty for loaded weights.</param>
/// <param name="Initial">The weights that the training began with; null for random ones.</param>
/// <param name="Weights">The weights that were loaded; null for those just trained.</param>
/// <param name="Distillation">The models that were learnt from; null for none.</param>
/// <param name="Notes">Markdown of the user for the card: the data set's name and licence, comparisons. Empty for none.</param>
public sealed record Provenance(
    TrainingOptions Options,
    IntakeReport Intake,
    CaseSplit Split,
    PatchDataset Training,
    PatchDataset Validation,
    IReadOnlyList<EpochResult> Epochs,
    WeightsFile? Initial,
    WeightsFile? Weights,
    Distillation? Distillation,
    string Notes)
{
    /// <summary>The trials of the search that the model is the best of; empty where none were made.</summary>
    public IReadOnlyList<Trial> Trials { get; init; } = [];

    /// <summary>
    /// Pairs of the intake's near-duplicates with one patch trained on and one validated on. There may be more: of the patches
    /// that one looks like, the intake names the first.
    /// </summary>
    public int NearDuplicatesAcross
    {
        get
        {
            if (Intake.NearDuplicates.Count == 0)
            {
                return 0;
            }

            var (training, validation) = (Training.Patches.ToHashSet(), Validation.Patches.ToHashSet());
            return Intake.NearDuplicates.Count(pair => (training.Contains(pair.First) && validation.Contains(pair.Second)) || (training.Contains(pair.Second) && validation.Contains(pair.First)));
        }
    }
}
