namespace IdcFunctions.Functions.Api;

/// <summary>What the active model says of a picture.</summary>
/// <param name="Model">Name and version, with a blank between.</param>
/// <param name="DecisionThreshold">The model's threshold.</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Height">Its height.</param>
/// <param name="UmPerPixel">Its µm/px.</param>
/// <param name="Patches">The patches with tissue, in grid order; one for a picture that is a patch.</param>
/// <param name="AreaMm2">Area of the patches, mm².</param>
/// <param name="IdcAreaMm2">Area of those that are IDC by the model's threshold, mm².</param>
public sealed record PredictionAnswer(
    string Model,
    double DecisionThreshold,
    long Width,
    long Height,
    double UmPerPixel,
    IReadOnlyList<PredictedPatch> Patches,
    double AreaMm2,
    double IdcAreaMm2);
