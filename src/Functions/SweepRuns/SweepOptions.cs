using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Functions;

/// <summary>When the sweep acts; section <c>Sweep</c>.</summary>
public sealed class SweepOptions
{
    /// <summary>How long the host hides a message whose worker died. Default 10 minutes, the Functions host's; LocalHost sets its own.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Re-drives before a run that stands still is failed. Default 5.</summary>
    [Range(1, 20)]
    public int MostRedrives { get; set; } = 5;
}
