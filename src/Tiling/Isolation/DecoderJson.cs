using System.Text.Json.Serialization;
using IdcFunctions.Slides;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>JSON between a decoder process and its parent.</summary>
[JsonSerializable(typeof(DecoderRequest))]
[JsonSerializable(typeof(TiledSlide))]
[JsonSerializable(typeof(SlideFailure))]
internal sealed partial class DecoderJson : JsonSerializerContext;
