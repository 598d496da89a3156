namespace IdcFunctions.Slides.Stain;

/// <summary>How far a slide's colours are from those that its model was trained on. A slide that is far is scored all the same.</summary>
/// <param name="Distance">Mahalanobis distance from the training cases; null where it was not measured.</param>
/// <param name="Limit">The distance that the model's manifest allows; null where it has none.</param>
/// <param name="Warning">What is other than in the training cases, in words; null where the distance is within the limit.</param>
/// <param name="Unchecked">Why nothing was measured; null where it was.</param>
public sealed record StainFinding(double? Distance, double? Limit, string? Warning, string? Unchecked);
