using System.Collections.Immutable;

namespace IdcFunctions.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Steps">Steps taken since its beginning.</param>
/// <param name="EpochLoss">Sum of the losses of the steps taken in the running epoch.</param>
/// <param name="Epochs">The epochs that have ended.</param>
public sealed record TrainingProgress(int Steps, double EpochLoss, ImmutableArray<EpochResult> Epochs)
{
    /// <summary>Before the first step.</summary>
    public static TrainingProgress Start { get; } = new(0, 0, []);
}
