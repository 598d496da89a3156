using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Training;

/// <summary>What the convolutions compute in while training; weights, their average and the loss are float32 always.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingPrecision>))]
public enum TrainingPrecision
{
    /// <summary>float32.</summary>
    Full,

    /// <summary>bfloat16: about twice as fast on processors with AVX512-BF16 or AMX and on GPUs, slower on others.</summary>
    Mixed,
}
