using System.Text.Json.Serialization;
using IdcFunctions.Slides.Messages;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Slides;

/// <summary>JSON of what is stored and sent: camel case, nothing omitted, so that equal values are equal bytes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunSettings))]
[JsonSerializable(typeof(TilingPlan))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(RunMessage))]
[JsonSerializable(typeof(BatchMessage))]
[JsonSerializable(typeof(TrainingRunMessage))]
public sealed partial class SlidesJson : JsonSerializerContext;
