namespace IdcFunctions.LocalHost.Host;

/// <summary>What the host is started with.</summary>
/// <param name="Port">Port of its HTTP on 127.0.0.1; 0 for any free one.</param>
/// <param name="StorageConnection">Connection string of the account that holds the queues.</param>
/// <param name="Lease">How long a message is hidden while its function runs; a killed worker's message comes again after it.</param>
/// <param name="Settings">App settings: the handler's environment.</param>
public sealed record FunctionsHostOptions(int Port, string StorageConnection, TimeSpan Lease, IReadOnlyDictionary<string, string> Settings);
