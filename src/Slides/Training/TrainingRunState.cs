namespace IdcFunctions.Slides.Training;

/// <summary>A training run's <c>state.json</c>, written by whoever holds the run's lock; a run that has none is queued.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it failed, was cancelled or was interrupted; null otherwise.</param>
/// <param name="UpdatedAt">When this was written.</param>
/// <param name="Starts">How often it was started since it last got further.</param>
/// <param name="Steps">Training steps that were kept when it was last started.</param>
public sealed record TrainingRunState(TrainingRunStatus Status, string? Reason, DateTimeOffset UpdatedAt, int Starts, int Steps)
{
    /// <summary>True where nothing more will happen.</summary>
    public bool IsFinal() => Status is TrainingRunStatus.Succeeded or TrainingRunStatus.Failed or TrainingRunStatus.Cancelled;
}
