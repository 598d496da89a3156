using System.Collections.Immutable;

namespace IdcFunctions.Bench.Chaos;

/// <summary>How much is done to a trial.</summary>
public sealed record ChaosOptions
{
    /// <summary>What slides, steps, kills and faults follow from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Slides dropped. Default 12: each kind of <see cref="SlideFate"/> at least once.</summary>
    public int Slides { get; init; } = 12;

    /// <summary>Processes killed, handler and host in turns that the seed draws.</summary>
    public int Kills { get; init; } = 4;

    /// <summary>Share of storage requests that fail, in [0, 1].</summary>
    public double FaultShare { get; init; } = 0.02;

    /// <summary>Share of the app's messages that are sent twice, and of those that come late, in [0, 1].</summary>
    public double DisorderShare { get; init; } = 0.25;

    /// <summary>Folder of an older build's published app, which a trial begins with and is upgraded from at a moment that the seed draws; null: no upgrade.</summary>
    public string? UpgradeFrom { get; init; }

    /// <summary>Properties of JSON documents that the older build does not write, and that are therefore not compared.</summary>
    public ImmutableHashSet<string> OlderLacks { get; init; } = [];

    /// <summary>Where the hosts' logs go.</summary>
    public string LogFolder { get; init; } = Path.GetTempPath();
}
