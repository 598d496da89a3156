using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>What the command line asks for.</summary>
public sealed record TrainingRequest
{
    /// <summary>Folder or zip of labelled patches.</summary>
    public required string Dataset { get; init; }

    /// <summary>Folder that keeps packed data sets.</summary>
    public required string Cache { get; init; }

    /// <summary>Where the model goes.</summary>
    public required ModelTarget Target { get; init; }

    /// <summary>Hyperparameters.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>What trains.</summary>
    public DeviceChoice Device { get; init; }

    /// <summary>Files with the cases to train on; empty for a drawn split.</summary>
    public IReadOnlyList<string> TrainingLists { get; init; } = [];

    /// <summary>File with the cases to validate on; null for a drawn split.</summary>
    public string? ValidationList { get; init; }

    /// <summary>Folder that holds both lists under their published names; null for a drawn split, or lists by themselves.</summary>
    public string? SplitFolder { get; init; }

    /// <summary>Share that a drawn split validates on; null where it was not given.</summary>
    public double? ValidationShare { get; init; }

    /// <summary>Split patch by patch, which leaks.</summary>
    public bool LeakingSplit { get; init; }

    /// <summary>Folds of a cross-validation, which publishes no model; 0 for none.</summary>
    public int Folds { get; init; }

    /// <summary>Trials of a random search; 0 for none.</summary>
    public int Trials { get; init; }

    /// <summary>Hours after which no further trial begins, all starts together; null where it was not given.</summary>
    public double? TrialHours { get; init; }

    /// <summary>Ranges that the trials draw from, in place of the defaults of the same name.</summary>
    public IReadOnlyList<string> Ranges { get; init; } = [];

    /// <summary>Folder for checkpoints, progress and results, or null.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Price of an hour of this machine, for the cost so far.</summary>
    public double HourPrice { get; init; }

    /// <summary>What was spent on it before this: a job fetches the data set. It counts for time and cost so far.</summary>
    public TimeSpan Preparation { get; init; }

    /// <summary>
    /// False where the log is kept with others', which hold no names: cases and files are then told in the training's own
    /// files only.
    /// </summary>
    public bool LogsNames { get; init; } = true;

    /// <summary>Weights to begin with, or null.</summary>
    public string? InitialWeights { get; init; }

    /// <summary>Folders of model versions to learn from beside the labels; empty for none.</summary>
    public IReadOnlyList<string> Teachers { get; init; } = [];

    /// <summary>Share of a target that is the teachers' answer; null where it was not given.</summary>
    public double? TeacherShare { get; init; }

    /// <summary>Weights to export instead of training, or null.</summary>
    public string? Weights { get; init; }

    /// <summary>Markdown file for the model's card, or null.</summary>
    public string? CardNotes { get; init; }
}
