namespace IdcFunctions.Slides.Training;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">Mean training loss.</param>
/// <param name="Validation">Figures of the averaged weights on the validation patches at 0.5, uncalibrated.</param>
public sealed record EpochResult(int Epoch, double Loss, Metrics Validation);
