namespace IdcFunctions.Slides.Training;

/// <summary>A training's <c>progress.json</c>, written while it trains.</summary>
/// <param name="Status"><c>training</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Reason">Why, where it did not succeed.</param>
/// <param name="UpdatedAt">When this was written.</param>
/// <param name="SpentSeconds">Time spent on it so far, all starts together.</param>
/// <param name="Cost">That time at the machine's price of an hour; 0 where none was given.</param>
/// <param name="Losses">The training loss over the steps, a point for every stretch of them.</param>
/// <param name="Training">How far it has come; null before the first step.</param>
public sealed record TrainingReport(string Status, string? Reason, DateTimeOffset UpdatedAt, double SpentSeconds, double Cost, IReadOnlyList<LossPoint> Losses, TrainingSnapshot? Training);
