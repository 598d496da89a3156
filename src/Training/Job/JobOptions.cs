using IdcFunctions.Training.Network;

namespace IdcFunctions.Training.Job;

/// <summary>How the job works.</summary>
/// <param name="WorkFolder">Folder for packs and checkpoints; nothing in it is needed again.</param>
/// <param name="Visibility">How long the message is hidden unless it is renewed: a killed trainer's message comes again after it.</param>
/// <param name="Lease">How long the run's lock is held unless it is renewed; blob storage takes 15 to 60 seconds.</param>
/// <param name="Device">What trains.</param>
/// <param name="HourPrice">Price of an hour of this machine, for the cost so far.</param>
/// <param name="MostHours">Hours of a run, all its starts together, after which it fails; null for no limit.</param>
public sealed record JobOptions(string WorkFolder, TimeSpan Visibility, TimeSpan Lease, DeviceChoice Device, double HourPrice, double? MostHours)
{
    /// <summary>The default of <see cref="Visibility"/>.</summary>
    public static readonly TimeSpan DefaultVisibility = TimeSpan.FromMinutes(1);

    /// <summary>The least <see cref="Visibility"/>: it is renewed at each third of it.</summary>
    public static readonly TimeSpan ShortestVisibility = TimeSpan.FromSeconds(10);

    /// <summary>The most that queue storage hides a message for.</summary>
    public static readonly TimeSpan LongestVisibility = TimeSpan.FromDays(7);

    /// <summary>The greatest <see cref="MostHours"/>: six weeks.</summary>
    public const double LongestHours = 1008;

    /// <summary>The least that blob storage leases for.</summary>
    public static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(15);

    /// <summary>The default of <see cref="Lease"/>, and the most that blob storage leases for.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(60);
}
