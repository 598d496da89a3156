using System.Collections.Immutable;

namespace IdcFunctions.Slides.Training;

/// <summary>A training while it runs.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps to take.</param>
/// <param name="Loss">Mean loss of the running epoch; between two, that of the one that ended.</param>
/// <param name="StepLoss">The last step's loss.</param>
/// <param name="LearningRate">The last step's.</param>
/// <param name="PatchesPerSecond">Since the start or the resumption, evaluations included.</param>
/// <param name="SecondsLeft">Time to the end at that rate.</param>
/// <param name="Epochs">The epochs that have ended.</param>
public sealed record TrainingSnapshot(int Step, int Steps, double Loss, double StepLoss, double LearningRate, double PatchesPerSecond, double SecondsLeft, ImmutableArray<EpochResult> Epochs);
