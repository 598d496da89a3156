using System.Globalization;

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

    /// <summary>A file of a model, in <see cref="Containers.Models"/>.</summary>
    public static string ModelFile(string name, string version, string file) => $"{name}/{version}/{file}";
}
