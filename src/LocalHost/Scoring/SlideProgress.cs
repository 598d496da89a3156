namespace IdcFunctions.LocalHost.Scoring;

/// <summary>How far the app is with a slide: a part of the API's answer.</summary>
/// <param name="BatchesDone">Finished batches.</param>
/// <param name="Batches">Planned batches; null until it is planned.</param>
public sealed record SlideProgress(int BatchesDone, int? Batches);
