namespace IdcFunctions.Functions.Api;

/// <summary>Whether the app can score, and what waits for it.</summary>
/// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
/// <param name="Model">The active model's name and version; null where it is not ready.</param>
/// <param name="Provider">The execution provider of its session.</param>
/// <param name="Fallback">Why it is not the one that was asked for.</param>
/// <param name="Reason">Why it is not ready.</param>
/// <param name="Queues">What waits in each queue.</param>
/// <param name="Poisoned">Messages that nothing could be done with, by queue.</param>
public sealed record ReadyAnswer(
    string Status,
    string? Model,
    string? Provider,
    string? Fallback,
    string? Reason,
    IReadOnlyDictionary<string, QueueBacklog> Queues,
    IReadOnlyDictionary<string, int> Poisoned)
{
    /// <summary>Threads that ONNX Runtime computes a call of the graph with; null where it is not ready.</summary>
    public int? Threads { get; init; }

    /// <summary>Patches in one call of the graph.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>Batches that it scores at once.</summary>
    public int? BatchesAtOnce { get; init; }
}
