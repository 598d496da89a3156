namespace IdcFunctions.Slides.Runs;

/// <summary>Where a run's time went, in seconds. Scoring overlaps tiling: its part counts from the last batch cut.</summary>
/// <param name="Waiting">From the slide's last write in storage (whole seconds) to the start of tiling.</param>
/// <param name="Tiling">From the start of tiling to the last batch cut.</param>
/// <param name="Scoring">From the last batch cut to the start of completing.</param>
/// <param name="Completing">From there to the publishing.</param>
/// <param name="Total">From the slide's last write to the publishing.</param>
public sealed record RunSeconds(double Waiting, double Tiling, double Scoring, double Completing, double Total);
