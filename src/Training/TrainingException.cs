namespace IdcFunctions.Training;

/// <summary>A training or export that came to nothing; the message says why and what to try.</summary>
public class TrainingException(string message) : Exception(message);
