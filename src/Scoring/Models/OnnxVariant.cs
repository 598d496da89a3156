namespace IdcFunctions.Scoring.Models;

/// <summary>The same network in another number format.</summary>
/// <param name="Precision"><c>fp16</c> or <c>int8</c>.</param>
/// <param name="File">File name beside the manifest; input and output are the graph's.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
/// <param name="RunsOn">The provider that it is made for: <c>cuda</c> for fp16, <c>cpu</c> for int8.</param>
/// <param name="Tolerance">Largest difference of a probability from the float32 graph's on the validation patches, rounded up to 0.01.</param>
/// <param name="BalancedAccuracyLoss">Upper end of the 95 % interval over validation cases of what it loses of balanced accuracy.</param>
public sealed record OnnxVariant(string Precision, string File, string Sha256, string RunsOn, double Tolerance, double BalancedAccuracyLoss);
