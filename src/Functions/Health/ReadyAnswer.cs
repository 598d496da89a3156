namespace IdcFunctions.Functions.Api;

/// <summary>Whether the app can score.</summary>
/// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
/// <param name="Model">The active model's name and version; null where it is not ready.</param>
/// <param name="Provider">The execution provider of its session.</param>
/// <param name="Fallback">Why it is not the one that was asked for.</param>
/// <param name="Reason">Why it is not ready.</param>
public sealed record ReadyAnswer(string Status, string? Model, string? Provider, string? Fallback, string? Reason)
{
    /// <summary>What waits in each queue.</summary>
    public IReadOnlyDictionary<string, QueueBacklog>? Queues { get; init; }

    /// <summary>Messages that nothing could be done with, by queue.</summary>
    public IReadOnlyDictionary<string, int>? Poisoned { get; init; }
}
