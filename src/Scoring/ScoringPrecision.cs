namespace IdcFunctions.Scoring;

/// <summary>The number format of a model's graph.</summary>
public enum ScoringPrecision
{
    /// <summary>float32, the exported network; every model has it.</summary>
    Fp32,

    /// <summary>float16, for GPUs.</summary>
    Fp16,

    /// <summary>8-bit integers, for CPUs: faster by a multiple where the processor has VNNI.</summary>
#pragma warning disable CA1720 // It is the name of the number format, here and in manifests.
    Int8,
#pragma warning restore CA1720
}
