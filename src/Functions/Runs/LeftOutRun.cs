namespace IdcFunctions.Functions.Runs;

/// <summary>A run that a rebuild could not restore.</summary>
/// <param name="Slide">The slide's id.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Reason">What is gone or can't be read.</param>
public sealed record LeftOutRun(string Slide, string Run, string Reason);
