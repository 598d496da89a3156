namespace IdcFunctions.Functions.Api;

/// <summary>What became of many rescores.</summary>
/// <param name="Accepted">Slides whose new run waits, or is on its way.</param>
/// <param name="Refused">Slides that got none.</param>
public sealed record RescoresAnswer(int Accepted, IReadOnlyList<RefusedRescore> Refused);
