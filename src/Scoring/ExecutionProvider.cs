namespace IdcFunctions.Scoring;

/// <summary>Where ONNX Runtime computes.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; needs the build with <c>-p:Accelerator=Cuda</c>.</summary>
    Cuda,
}
