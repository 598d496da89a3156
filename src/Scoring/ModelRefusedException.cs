namespace IdcFunctions.Scoring;

/// <summary>A model that can't be used: the message names the model, the fact and the way out.</summary>
public sealed class ModelRefusedException(string message, Exception? cause = null) : Exception(message, cause);
