namespace IdcFunctions.Training;

/// <summary>A training that diverged, or whose outputs say nothing: its hyperparameters are at fault, and others may do.</summary>
public sealed class NothingLearntException(string message) : TrainingException(message);
