using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Runs;

/// <summary>A plan that another run has.</summary>
/// <param name="Run">The run that it was found in, with its mask.</param>
/// <param name="Plan">The plan; its <see cref="TilingPlan.PatchesRun"/> is the run whose packed patches are to be read.</param>
public sealed record FoundPlan(RunId Run, TilingPlan Plan);
