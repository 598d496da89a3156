namespace IdcFunctions.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Steps">Steps taken since its beginning.</param>
/// <param name="EpochLoss">Sum of the losses of the steps taken in the running epoch.</param>
public sealed record TrainingProgress(int Steps, double EpochLoss);
