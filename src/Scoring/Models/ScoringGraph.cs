namespace IdcFunctions.Scoring.Models;

/// <summary>One of a model's graphs: the exported one or a variant in another number format.</summary>
/// <param name="Precision">Its number format.</param>
/// <param name="File">File name beside the manifest.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex: what a run is decided for.</param>
/// <param name="Tolerance">Largest difference accepted of a golden patch's probability.</param>
/// <param name="RunsOn">The one provider that it is made for; null for any.</param>
public sealed record ScoringGraph(ScoringPrecision Precision, string File, string Sha256, double Tolerance, ExecutionProvider? RunsOn = null);
