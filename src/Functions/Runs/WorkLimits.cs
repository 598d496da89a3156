using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Functions.Runs;

/// <summary>How much this process does at once; section <c>Work</c>. The host delivers up to seven messages a queue.</summary>
public sealed class WorkLimits
{
    /// <summary>Slides tiled at once. Default 2: one waits for storage while the other is decoded.</summary>
    [Range(1, 32)]
    public int SlidesAtOnce { get; set; } = 2;

    /// <summary>Batches in ONNX Runtime at once. Default 1: one session already uses all cores.</summary>
    [Range(1, 32)]
    public int BatchesAtOnce { get; set; } = 1;
}
