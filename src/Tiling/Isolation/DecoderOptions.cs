using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>Limits of the processes that decode slides; section <c>Decoder</c>.</summary>
public sealed class DecoderOptions
{
    /// <summary>
    /// Resident memory from which a decoder is ended, in MiB. Default 2,048: a slide of 40×40 mm takes 300, one without a
    /// pyramid little more.
    /// </summary>
    [Range(128, 1 << 20)]
    public int MostMebibytes { get; set; } = 2048;

    /// <summary>
    /// Time that a decoder may take for one slide, without what it waits for the slide's bytes. Default 15 minutes: a slide
    /// of gigabytes without a pyramid is streamed whole. With waits it is twice as long, and the host ends what takes an
    /// hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:20:00")]
    public TimeSpan MostTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Time that one slide may take in all: storage that is slow or does not answer is no fault of the slide.</summary>
    public TimeSpan MostTimeWithWaits => 2 * MostTime;
}
