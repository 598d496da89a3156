namespace IdcFunctions.LocalHost;

/// <summary>How a site is started.</summary>
/// <param name="DataFolder">Folder that keeps its data.</param>
/// <param name="Port">Port of page and API on 127.0.0.1; 0 for any free one.</param>
/// <param name="Lease">How long a message is hidden while it is worked on.</param>
/// <param name="TrainingHourPrice">Price of an hour of this machine, for a training's cost so far; 0 where it costs nothing.</param>
public sealed record LocalSiteOptions(string DataFolder, int Port, TimeSpan Lease, double TrainingHourPrice)
{
    /// <summary>The default folder.</summary>
    public const string DefaultDataFolder = ".idc";

    /// <summary>The Functions host's lease.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromMinutes(10);
}
