using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Messages;

/// <summary>"Score this batch" in <c>patch-batches</c>.</summary>
/// <param name="Version">The message's schema, <see cref="MessageSchema.Version"/>.</param>
/// <param name="Slide">The slide's id.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Batch">The batch's number, from 0.</param>
/// <param name="TraceParent">The span that sent it (W3C); null where nobody traces.</param>
public sealed record BatchMessage(
    [property: JsonPropertyName("v")] int Version,
    string Slide,
    string Run,
    int Batch,
    [property: JsonPropertyName("traceparent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceParent = null);
