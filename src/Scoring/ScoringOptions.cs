using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Scoring;

/// <summary>How patches are scored; section <c>Scoring</c>.</summary>
public sealed class ScoringOptions
{
    /// <summary>Patches in one call of the graph. Default 32: on a CPU batches of 16 to 64 are as fast as 256 and need less memory.</summary>
    [Range(1, 4096)]
    public int ChunkSize { get; set; } = 32;

    /// <summary>Threads of the graph. Default 0: one a processor.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>The provider asked for. Default CPU.</summary>
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>The graph that new runs are decided for. Default float32; another one needs a model that has it as a variant.</summary>
    public ScoringPrecision Precision { get; set; } = ScoringPrecision.Fp32;

    /// <summary>Score each patch of new runs in its eight orientations: the mean is its probability, the standard deviation its spread. Default false: it costs eight times as much.</summary>
    public bool AllOrientations { get; set; }

    /// <summary>Refuse to score where the GPU asked for is not there, instead of scoring on the CPU. Default false.</summary>
    public bool RequireGpu { get; set; }
}
