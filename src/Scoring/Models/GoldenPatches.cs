using System.Collections.Immutable;

namespace IdcFunctions.Scoring.Models;

/// <summary>Patches with known probabilities.</summary>
/// <param name="File">File name beside the manifest: count × 50 × 50 × 3 uint8 RGB, no header.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
/// <param name="Probabilities">What the graph answered when it was exported, on CPU in fp32.</param>
/// <param name="Tolerance">Largest absolute difference accepted.</param>
public sealed record GoldenPatches(string File, string Sha256, ImmutableArray<float> Probabilities, double Tolerance);
