using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Scoring;

/// <summary>A session, and where it computes.</summary>
/// <param name="Session">The session.</param>
/// <param name="Provider">The provider that it computes on.</param>
/// <param name="FallbackReason">Why that is not the one that was asked for; null where it is.</param>
internal sealed record OpenedSession(InferenceSession Session, ExecutionProvider Provider, string? FallbackReason);
