using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Training;

/// <summary>Where a training run stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingRunStatus>))]
public enum TrainingRunStatus
{
    /// <summary>No trainer has taken it yet.</summary>
    Queued,

    /// <summary>Its data set is fetched and packed.</summary>
    Preparing,

    /// <summary>It trains.</summary>
    Training,

    /// <summary>Its model is written to storage.</summary>
    Publishing,

    /// <summary>Its trainer ended in the midst of it; it goes on when its message comes again.</summary>
    Interrupted,

    /// <summary>Its model is published, or its data set taken in.</summary>
    Succeeded,

    /// <summary>It can't be finished.</summary>
    Failed,

    /// <summary>It was asked to stop.</summary>
    Cancelled,
}
