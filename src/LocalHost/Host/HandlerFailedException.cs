namespace IdcFunctions.LocalHost.Host;

/// <summary>The function app can't be kept running; the message says what it said last.</summary>
public sealed class HandlerFailedException(string message) : Exception(message);
