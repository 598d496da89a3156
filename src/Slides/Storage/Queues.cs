using System.Collections.Immutable;

namespace IdcFunctions.Slides.Storage;

/// <summary>The queues' names; the deployment's template is tested against them.</summary>
public static class Queues
{
    /// <summary>
    /// Shortest and longest time that a message may be hidden while it is worked on, for settings; a run that stands still
    /// is noticed after twice that.
    /// </summary>
    public const string ShortestLease = "00:00:01", LongestLease = "01:00:00";

    /// <summary>What the Functions host appends to a queue's name for messages delivered too often.</summary>
    public const string PoisonSuffix = "-poison";

    /// <summary>BlobCreated and BlobDeleted events, and <see cref="Messages.RunMessage"/>.</summary>
    public const string SlideUploads = "slide-uploads";

    /// <summary><see cref="Messages.BatchMessage"/>.</summary>
    public const string PatchBatches = "patch-batches";

    /// <summary><see cref="Messages.RunMessage"/>.</summary>
    public const string FinishedRuns = "finished-runs";

    /// <summary>Training jobs to start.</summary>
    public const string TrainingRuns = "training-runs";

    /// <summary>Those that trigger functions; each has a poison queue.</summary>
    public static ImmutableArray<string> Triggering { get; } = [SlideUploads, PatchBatches, FinishedRuns];

    /// <summary>All of them, poison queues included.</summary>
    public static ImmutableArray<string> All { get; } = [.. Triggering, .. Triggering.Select(queue => queue + PoisonSuffix), TrainingRuns];
}
