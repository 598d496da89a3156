using System.Collections.Immutable;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>How a line is started.</summary>
public sealed record LineOptions
{
    /// <summary>How long a message is hidden while it is worked on; a killed worker's message comes again after it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>False to send events by hand.</summary>
    public bool WatchesUploads { get; init; } = true;

    /// <summary>False to start without the toy model; the app then publishes what it is shipped with.</summary>
    public bool HasModel { get; init; } = true;

    /// <summary>True to count what the handler reads of blobs.</summary>
    public bool IsCounted { get; init; }

    /// <summary>True for an app that has no key of its storage, only its identity.</summary>
    public bool IsKeyless { get; init; }

    /// <summary>The function app's root folder.</summary>
    public string AppFolder { get; init; } = PublishedApp.Folder;

    /// <summary>Further app settings. Small batches by default, so that a small slide has several.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty.Add("Tiling__BatchSize", "16");

    /// <summary>The same with one setting more, or another value of one.</summary>
    public LineOptions With(string setting, string value) => this with { Settings = Settings.SetItem(setting, value) };
}
