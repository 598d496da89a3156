using System.ComponentModel.DataAnnotations;
using IdcFunctions.Scoring;

namespace IdcFunctions.Functions.Runs;

/// <summary>How much this process does at once; section <c>Work</c>. The host delivers up to seven messages a queue.</summary>
public sealed class WorkLimits
{
    /// <summary>Slides tiled at once. Default 2: one waits for storage while the other is decoded.</summary>
    [Range(1, 32)]
    public int SlidesAtOnce { get; set; } = 2;

    /// <summary>
    /// How long a slide that was delivered waits for its turn before its message goes back into the queue. Default 10 minutes: with
    /// it and what a decoder may take, it must be done within the hour after which the host ends everything that is in work.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Batches in ONNX Runtime at once. Default 0: what suits the provider, one on a CPU, since one session uses all
    /// cores, and two on a GPU, one of which is copied while the other is computed.
    /// </summary>
    [Range(0, 32)]
    public int BatchesAtOnce { get; set; }

    /// <summary>The batches in ONNX Runtime at once on a provider.</summary>
    public int BatchesAtOnceOn(ExecutionProvider provider) => (BatchesAtOnce, provider) switch
    {
        ( > 0, _) => BatchesAtOnce,
        (_, ExecutionProvider.Cuda) => 2,
        _ => 1,
    };
}
