using IdcFunctions.Functions.Runs;

namespace IdcFunctions.Functions.Api;

/// <summary>What a call restored.</summary>
/// <param name="Runs">Complete runs.</param>
/// <param name="LeftOut">Runs of which something stored is gone or can't be read; a slide that has no other complete run is decided anew.</param>
/// <param name="Decided">Slides without one, which are decided anew; told by the last call.</param>
/// <param name="Continuation">What to call again with; null at the end.</param>
public sealed record RebuildAnswer(int Runs, IReadOnlyList<LeftOutRun> LeftOut, int Decided, string? Continuation);
