using System.Collections.Immutable;

namespace IdcFunctions.Training;

/// <summary>A training while it runs.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps to take.</param>
/// <param name="Loss">Mean loss of the running epoch.</param>
/// <param name="LearningRate">The last step's.</param>
/// <param name="PatchesPerSecond">Since the start or the resumption, evaluations included.</param>
/// <param name="Left">Time to the end at that rate.</param>
/// <param name="Epochs">The epochs that have ended.</param>
public sealed record TrainingSnapshot(int Step, int Steps, double Loss, double LearningRate, double PatchesPerSecond, TimeSpan Left, ImmutableArray<EpochResult> Epochs);
