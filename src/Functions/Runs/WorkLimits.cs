using System.ComponentModel.DataAnnotations;
using IdcFunctions.Scoring;

namespace IdcFunctions.Functions.Runs;

/// <summary>How much this process does at once; section <c>Work</c>. The host delivers up to seven messages a queue.</summary>
public sealed class WorkLimits
{
    /// <summary>Slides tiled at once. Default 2: one waits for storage while the other is decoded.</summary>
    [Range(1, 32)]
    public int SlidesAtOnce { get; set; } = 2;

    /// <summary>Batches in ONNX Runtime at once. Default 0: what suits the provider, one on a CPU, since one session uses all cores, and two on a GPU, one of which is copied while the other is computed.</summary>
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
