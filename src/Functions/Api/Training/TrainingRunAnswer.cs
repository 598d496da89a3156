using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>A training run as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it failed, was cancelled or was interrupted.</param>
/// <param name="IsCancelRequested">True where it was asked to stop and has not yet.</param>
/// <param name="UpdatedAt">When its status was written.</param>
/// <param name="Starts">How often it was started since it last got further.</param>
/// <param name="ModelName">The name of the model that it makes.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Progress">How the training goes; null before it begins.</param>
public sealed record TrainingRunAnswer(
    string Id,
    TrainingRunStatus Status,
    string? Reason,
    bool IsCancelRequested,
    DateTimeOffset UpdatedAt,
    int Starts,
    string ModelName,
    TrainingRunRequest Request,
    TrainingReport? Progress);
