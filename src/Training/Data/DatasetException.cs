namespace IdcFunctions.Training.Data;

/// <summary>A data set or split that can't be trained on; the message names the thing and the way out.</summary>
public sealed class DatasetException(string message) : Exception(message);
