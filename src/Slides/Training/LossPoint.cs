namespace IdcFunctions.Slides.Training;

/// <summary>A point of the loss curve.</summary>
/// <param name="Step">The last step of the stretch.</param>
/// <param name="Loss">Mean loss over the stretch.</param>
public sealed record LossPoint(int Step, double Loss);
