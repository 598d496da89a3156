namespace IdcFunctions.Functions.Runs;

/// <summary>What one call of a rebuild did.</summary>
/// <param name="Runs">The complete runs that were restored.</param>
/// <param name="LeftOut">Those that could not be.</param>
/// <param name="Continuation">Where to go on; null at the end.</param>
public sealed record RebuiltSlides(int Runs, IReadOnlyList<LeftOutRun> LeftOut, string? Continuation);
