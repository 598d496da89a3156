namespace IdcFunctions.Scoring;

/// <summary>
/// The GPU that <see cref="ScoringOptions.RequireGpu"/> asks for can't be used: the program does not start, so that its
/// work waits for one that has a GPU.
/// </summary>
public sealed class GpuRequiredException(string message, Exception cause) : Exception(message, cause);
