namespace IdcFunctions.LocalHost.Storage;

/// <summary>The storage emulator can't be installed or started; the message says what to do.</summary>
public sealed class AzuriteException(string message) : Exception(message);
