namespace IdcFunctions.Functions.Api;

/// <summary>A patch of a picture; places in the picture's pixels.</summary>
/// <param name="Row">Row in the grid.</param>
/// <param name="Column">Column in the grid.</param>
/// <param name="MinX">Left edge.</param>
/// <param name="MinY">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Probability">Calibrated P(IDC).</param>
/// <param name="IsIdc">True from the model's threshold on.</param>
public sealed record PredictedPatch(int Row, int Column, long MinX, long MinY, long Width, long Height, double Probability, bool IsIdc);
