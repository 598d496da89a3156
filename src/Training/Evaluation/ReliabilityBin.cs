namespace IdcFunctions.Training.Evaluation;

/// <summary>Patches of like probability.</summary>
/// <param name="Patches">Their number.</param>
/// <param name="MeanProbability">What was said of them.</param>
/// <param name="IdcShare">What they were.</param>
public sealed record ReliabilityBin(int Patches, double MeanProbability, double IdcShare);
