namespace IdcFunctions.Training;

/// <summary>A checkpoint is of a training with other options, cases or patches.</summary>
public sealed class OtherTrainingException(string message) : TrainingException(message);
