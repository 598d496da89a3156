using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>Limits of the processes that decode slides; section <c>Decoder</c>.</summary>
public sealed class DecoderOptions
{
    /// <summary>Resident memory from which a decoder is ended, in MiB. Default 2,048: a slide of 40×40 mm takes 300, one without a pyramid little more.</summary>
    [Range(128, 1 << 20)]
    public int MostMebibytes { get; set; } = 2048;

    /// <summary>Time that one slide may take to be read and decoded. Default 15 minutes: a slide of gigabytes without a pyramid is streamed whole.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MostTime { get; set; } = TimeSpan.FromMinutes(15);
}
