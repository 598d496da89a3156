using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Functions.Viewing;

/// <summary>How slides are kept for viewers; section <c>View</c>.</summary>
public sealed class ViewOptions
{
    /// <summary>Memory for drawn tiles, in MiB. Default 64; a tile takes 15 KB.</summary>
    [Range(1, 1 << 20)]
    public int PictureMebibytes { get; set; } = 64;

    /// <summary>
    /// Disk for copies of slides that can't be read by parts where they lie, in GiB. Default 20; at most half of what is
    /// free at the start. The copy that was looked at longest ago goes first.
    /// </summary>
    [Range(1, 1 << 20)]
    public int CopyGibibytes { get; set; } = 20;

    /// <summary>How long a request waits for such a copy before it is told to come again. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:03:00")]
    public TimeSpan CopyWait { get; set; } = TimeSpan.FromSeconds(10);
}
