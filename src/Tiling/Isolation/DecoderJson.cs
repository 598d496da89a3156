using System.Text.Json.Serialization;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>JSON between a decoder process and its parent.</summary>
[JsonSerializable(typeof(DecoderRequest))]
[JsonSerializable(typeof(TiledSlide))]
[JsonSerializable(typeof(List<LevelSize>))]
[JsonSerializable(typeof(SlideFailure))]
internal sealed partial class DecoderJson : JsonSerializerContext;
