namespace IdcFunctions.Training.Data;

/// <summary>A split patch by patch, which leaks: it was asked for, and every report says so.</summary>
/// <param name="Share">Share of the patches that is validated on.</param>
/// <param name="Seed">Seed of the draw.</param>
public sealed record PatchLeak(double Share, int Seed);
