using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Messages;

/// <summary>"Tile this run" in <c>slide-uploads</c>, "complete this run" in <c>finished-runs</c>.</summary>
/// <param name="Version">The message's schema, <see cref="MessageSchema.Version"/>.</param>
/// <param name="Slide">The slide's id.</param>
/// <param name="Run">The run's id.</param>
/// <param name="TraceParent">The span that sent it (W3C); null where nobody traces.</param>
public sealed record RunMessage(
    [property: JsonPropertyName("v")] int Version,
    string Slide,
    string Run,
    [property: JsonPropertyName("traceparent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceParent = null);
