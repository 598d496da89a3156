using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Training;

/// <summary>JSON of what training keeps in storage.</summary>
public static class TrainingJson
{
    /// <summary>Camel case; a figure that is not defined is <c>"NaN"</c>.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
