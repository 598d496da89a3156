using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Scoring;

/// <summary>How patches are scored; section <c>Scoring</c>.</summary>
public sealed class ScoringOptions : IValidatableObject
{
    /// <summary>
    /// Patches in one call of the graph. Default 0: what suits the provider, 32 on a CPU, where 16 to 64 are as fast as 256
    /// and need less memory, and 256 on a GPU.
    /// </summary>
    [Range(0, 4096)]
    public int ChunkSize { get; set; }

    /// <summary>
    /// Threads of the graph. Default 0: what suits the provider, one a processor on a CPU, and one on a GPU, which leaves
    /// the processors nothing to compute.
    /// </summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>The provider asked for. Default CPU.</summary>
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>
    /// The graph that new runs are decided for. Default float32; another one needs a model that has it as a variant, for
    /// the provider that scores.
    /// </summary>
    public ScoringPrecision Precision { get; set; } = ScoringPrecision.Fp32;

    /// <summary>
    /// True where another app scores the runs that this one decides, on the provider that <see cref="Precision"/> is for:
    /// what this one predicts itself is in float32. Default false.
    /// </summary>
    public bool ScoredElsewhere { get; set; }

    /// <summary>
    /// Score each patch of new runs in its eight orientations: the mean is its probability, the standard deviation its
    /// spread. Default false: it costs eight times as much.
    /// </summary>
    public bool AllOrientations { get; set; }

    /// <summary>
    /// Refuse to start where the GPU asked for is not there, instead of scoring on the CPU. Default false; needs
    /// <see cref="Provider"/> to be a GPU.
    /// </summary>
    public bool RequireGpu { get; set; }

    /// <summary>The threads of a graph on a provider.</summary>
    public int ThreadsOn(ExecutionProvider provider) => (Threads, provider) switch
    {
        ( > 0, _) => Threads,
        (_, ExecutionProvider.Cuda) => 1,
        _ => Environment.ProcessorCount,
    };

    /// <summary>The patches in one call of a graph on a provider.</summary>
    public int ChunkSizeOn(ExecutionProvider provider) => (ChunkSize, provider) switch
    {
        ( > 0, _) => ChunkSize,
        (_, ExecutionProvider.Cuda) => 256,
        _ => 32,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RequireGpu && Provider == ExecutionProvider.Cpu)
        {
            yield return new ValidationResult(
                "Scoring:RequireGpu is set, and Scoring:Provider is Cpu, which uses no GPU. "
                + "Set Scoring:Provider to Cuda, or unset Scoring:RequireGpu.",
                [nameof(RequireGpu), nameof(Provider)]);
        }
    }
}
