using IdcFunctions.Training.Artefact;

namespace IdcFunctions.Training;

/// <summary>What the command line asks for.</summary>
/// <param name="Dataset">Folder or zip of labelled patches.</param>
/// <param name="TrainingLists">Files with the cases to train on; empty for a drawn split.</param>
/// <param name="ValidationList">File with the cases to validate on; null for a drawn split.</param>
/// <param name="ValidationShare">Share of the cases that a drawn split validates on; null where it was not given.</param>
/// <param name="Target">Where the model goes.</param>
/// <param name="Options">Hyperparameters.</param>
/// <param name="Checkpoints">Folder for the averaged weights of each epoch, or null.</param>
/// <param name="Weights">Weights to export instead of training, or null.</param>
/// <param name="CardNotes">Markdown file for the model's card, or null.</param>
public sealed record TrainingRequest(
    string Dataset,
    IReadOnlyList<string> TrainingLists,
    string? ValidationList,
    double? ValidationShare,
    ModelTarget Target,
    TrainingOptions Options,
    string? Checkpoints,
    string? Weights,
    string? CardNotes);
