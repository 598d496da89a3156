using System.Text.Json.Serialization;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>JSON between a decoder process and its parent.</summary>
[JsonSerializable(typeof(DecoderRequest))]
[JsonSerializable(typeof(PictureRequest))]
[JsonSerializable(typeof(SlideProperties))]
[JsonSerializable(typeof(SlideFailure))]
internal sealed partial class DecoderJson : JsonSerializerContext;
