namespace IdcFunctions.Training;

/// <summary>A trial of a search, or a fold of a cross-validation: what was asked for and what came of it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Options">Its hyperparameters.</param>
/// <param name="Validation">Figures on its validation patches at the best threshold, calibrated; null where it failed.</param>
/// <param name="Reason">Why it failed; null where it did not.</param>
/// <param name="Hours">What it took, earlier starts included where there are checkpoints.</param>
public sealed record Trial(int Number, TrainingOptions Options, Metrics? Validation, string? Reason, double Hours);
