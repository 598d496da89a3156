namespace IdcFunctions.Functions.Api;

/// <summary>What waits in a queue.</summary>
/// <param name="Messages">Messages, about.</param>
/// <param name="OldestSeconds">Age of the oldest.</param>
public sealed record QueueBacklog(int Messages, int OldestSeconds);
