using System.Collections.Immutable;

namespace IdcFunctions.Slides.Storage;

/// <summary>The blob containers' names; the deployment's template is tested against them.</summary>
public static class Containers
{
    /// <summary>Slides, dropped by users.</summary>
    public const string Slides = "slides";

    /// <summary>Packed patches, kept for 30 days.</summary>
    public const string Patches = "patches";

    /// <summary>Plans, packed results, exports.</summary>
    public const string Results = "results";

    /// <summary>Model artefacts by name and version, and <c>active.json</c>.</summary>
    public const string Models = "models";

    /// <summary>Tissue masks given by users.</summary>
    public const string Masks = "masks";

    /// <summary>Reviewers' labels.</summary>
    public const string Corrections = "corrections";

    /// <summary>Labelled patches to train on.</summary>
    public const string Datasets = "datasets";

    /// <summary>Training runs' progress and checkpoints.</summary>
    public const string TrainingRuns = "training-runs";

    /// <summary>Messages that could not be read.</summary>
    public const string Poison = "poison";

    /// <summary>Events that Event Grid could not deliver.</summary>
    public const string EventDeadLetters = "event-dead-letters";

    /// <summary>Keys made once, such as the one behind <c>slide_ref</c>.</summary>
    public const string Keys = "keys";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } =
        [Slides, Patches, Results, Models, Masks, Corrections, Datasets, TrainingRuns, Poison, EventDeadLetters, Keys];
}
