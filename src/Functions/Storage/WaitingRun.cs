using IdcFunctions.Slides;

namespace IdcFunctions.Functions.Storage;

/// <summary>A run that waits to be let go.</summary>
/// <param name="Slide">The slide.</param>
/// <param name="Run">The run.</param>
/// <param name="Since">When it was decided.</param>
/// <param name="Added">When it was added to the open runs, by the table server's clock.</param>
public sealed record WaitingRun(SlideId Slide, RunId Run, DateTimeOffset Since, DateTimeOffset Added);
