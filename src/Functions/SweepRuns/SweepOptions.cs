using System.ComponentModel.DataAnnotations;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions;

/// <summary>When the sweep acts; section <c>Sweep</c>.</summary>
public sealed class SweepOptions
{
    /// <summary>How long the host hides a message whose worker died. Default 10 minutes, the Functions host's; LocalHost sets its own.</summary>
    [Range(typeof(TimeSpan), Queues.ShortestLease, Queues.LongestLease)]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The age from which an open run is looked at: a younger one may be half inserted or half reopened by somebody who is
    /// still at it.
    /// </summary>
    public TimeSpan Unattended => 2 * Lease;

    /// <summary>Re-drives before a run that stands still is failed. Default 5.</summary>
    [Range(1, 20)]
    public int MostRedrives { get; set; } = 5;

    /// <summary>
    /// Waiting rescores are let go while fewer messages than this wait in each of <c>slide-uploads</c> and
    /// <c>patch-batches</c>, at most so many at a time. Default 100.
    /// </summary>
    [Range(1, 1000)]
    public int ReleasedAtOnce { get; set; } = 100;

    /// <summary>
    /// How often slides are purged, superseded runs deleted and lost events looked for: each reads all slides' rows.
    /// Default once a day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan HousekeepingEvery { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a deleted slide can be restored at least. Default 70 minutes: functionTimeout and the lease, after which no
    /// function that saw it alive is at work.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan PurgeAfter { get; set; } = TimeSpan.FromMinutes(70);

    /// <summary>How long a superseded run is kept at least. Default 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan KeepSupersededFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The age from which a blob without a run is one whose event was lost. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromHours(1);
}
