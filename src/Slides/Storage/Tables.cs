using System.Collections.Immutable;

namespace IdcFunctions.Slides.Storage;

/// <summary>The tables' names; the deployment's template is tested against them. Their keys: <see cref="TableKeys"/>.</summary>
public static class Tables
{
    /// <summary>A row a slide.</summary>
    public const string Slides = "Slides";

    /// <summary>A row a slide, newest first.</summary>
    public const string SlidesNewest = "SlidesNewest";

    /// <summary>A row a run, and a row an upload that names its run.</summary>
    public const string Runs = "Runs";

    /// <summary>A row a run that is not yet final, for the sweep.</summary>
    public const string OpenRuns = "OpenRuns";

    /// <summary>A row a finished batch.</summary>
    public const string Batches = "Batches";

    /// <summary>A row a scored patch.</summary>
    public const string Patches = "Patches";

    /// <summary>A row a step or batch that was attempted: attempts and the last reason.</summary>
    public const string Failures = "Failures";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } =
        [Slides, SlidesNewest, Runs, OpenRuns, Batches, Patches, Failures];
}
