using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Messages;

/// <summary>"Train this" in <c>training-runs</c>; what is asked for stands in the run's <c>request.json</c>.</summary>
/// <param name="Version">The message's schema, <see cref="MessageSchema.Version"/>.</param>
/// <param name="Id">The training run's id.</param>
public sealed record TrainingRunMessage([property: JsonPropertyName("v")] int Version, string Id);
