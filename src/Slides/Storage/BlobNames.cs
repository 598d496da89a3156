using System.Globalization;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.Slides.Storage;

/// <summary>Where each blob lies within its container.</summary>
public static class BlobNames
{
    /// <summary>The active model's name and version, in <see cref="Containers.Models"/>.</summary>
    public const string ActiveModel = "active.json";

    /// <summary>What the names of all blobs of a run begin with, in <see cref="Containers.Results"/> and <see cref="Containers.Patches"/>.</summary>
    public static string RunFolder(SlideId slide, RunId run) => $"{slide}/{run}/";

    /// <summary>A run's plan, in <see cref="Containers.Results"/>.</summary>
    public static string Plan(SlideId slide, RunId run) => $"{slide}/{run}/plan.json";

    /// <summary>A batch's scores, in <see cref="Containers.Results"/>.</summary>
    public static string BatchScores(SlideId slide, RunId run, int batch) =>
        string.Create(CultureInfo.InvariantCulture, $"{slide}/{run}/batch-{batch:D5}");

    /// <summary>A run's export (<c>patches.csv</c>, …), in <see cref="Containers.Results"/>.</summary>
    public static string Export(SlideId slide, RunId run, string file) => $"{slide}/{run}/{file}";

    /// <summary>A packed batch, in <see cref="Containers.Patches"/>: uint8 RGB, count × 50 × 50 × 3, in the plan's order, no header.</summary>
    public static string PackedBatch(SlideId slide, RunId run, int batch) =>
        string.Create(CultureInfo.InvariantCulture, $"{slide}/{run}/{batch:D5}");

    /// <summary>The user's tissue mask of a slide, in <see cref="Containers.Masks"/>.</summary>
    public static string Mask(SlideId slide) => slide.Value;

    /// <summary>A model's manifest: a version that has one is whole.</summary>
    public const string ModelManifest = "config.json";

    /// <summary>The file of a model's version that names the training run which makes it.</summary>
    public const string ModelReservation = "training-run";

    /// <summary>A file of a model, in <see cref="Containers.Models"/>.</summary>
    public static string ModelFile(string name, string version, string file) => $"{name}/{version}/{file}";

    /// <summary>What was asked of a training run, in <see cref="Containers.TrainingRuns"/>; written once.</summary>
    public static string TrainingRequest(TrainingRunId run) => $"{run}/request.json";

    /// <summary>Where a training run stands; absent until a trainer has taken it.</summary>
    public static string TrainingState(TrainingRunId run) => $"{run}/state.json";

    /// <summary>The blob whose lease keeps a second trainer away.</summary>
    public static string TrainingLock(TrainingRunId run) => $"{run}/lock";

    /// <summary>The blob that asks a training run to stop.</summary>
    public static string TrainingCancel(TrainingRunId run) => $"{run}/cancel";

    /// <summary>A file of a training run: its progress and results.</summary>
    public static string TrainingFile(TrainingRunId run, string file) => $"{run}/{file}";

    /// <summary>A file that a training run goes on from.</summary>
    public static string TrainingCheckpoint(TrainingRunId run, string file) => $"{run}/checkpoints/{file}";

    /// <summary>What the names of a data set's files begin with, in <see cref="Containers.Datasets"/>.</summary>
    public static string DatasetFolder(string dataset) => $"{dataset}/";

    /// <summary>A data set's last intake. No data set's name begins with an underscore.</summary>
    public static string DatasetIntake(string dataset) => $"_intake/{dataset}.json";

    /// <summary>What the names of a data set's packs begin with.</summary>
    public static string DatasetPacks(string dataset) => $"_packs/{dataset}/";

    /// <summary>A data set packed, so that the next run need not decode it.</summary>
    public static string DatasetPack(string dataset, string fingerprint) => $"{DatasetPacks(dataset)}{fingerprint}.pack";
}
