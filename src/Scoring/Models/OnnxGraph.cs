namespace IdcFunctions.Scoring.Models;

/// <summary>The ONNX file and its tensors.</summary>
/// <param name="File">File name beside the manifest.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
/// <param name="Input">Name of the input tensor.</param>
/// <param name="Layout">The input's layout and type: <c>uint8 NHWC</c>.</param>
/// <param name="Output">Name of the output tensor, float32 [N, 1].</param>
public sealed record OnnxGraph(string File, string Sha256, string Input, string Layout, string Output)
{
    /// <summary>The same network in other number formats; null where there are none.</summary>
    public IReadOnlyList<OnnxVariant>? Variants { get; init; }
}
