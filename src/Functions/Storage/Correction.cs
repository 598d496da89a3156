namespace IdcFunctions.Functions.Storage;

/// <summary>A reviewer's label of a patch. It stands beside the model's result and never changes it.</summary>
/// <param name="Row">Row in the grid.</param>
/// <param name="Column">Column in the grid.</param>
/// <param name="Label">The label.</param>
/// <param name="By">Who said so.</param>
/// <param name="At">When.</param>
public sealed record Correction(int Row, int Column, CorrectionLabel Label, string By, DateTimeOffset At);
