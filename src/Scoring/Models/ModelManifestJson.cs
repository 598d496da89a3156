using System.Text.Json.Serialization;

namespace IdcFunctions.Scoring.Models;

/// <summary>JSON of manifests: snake case, as WSInfer's.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelManifest))]
public sealed partial class ModelManifestJson : JsonSerializerContext;
