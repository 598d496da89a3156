namespace IdcFunctions.Functions.Api;

/// <summary>Which slides to rescore: one of the three.</summary>
/// <param name="Slides">These, by id.</param>
/// <param name="Prefix">Those whose id begins so.</param>
/// <param name="All">All of them.</param>
public sealed record RescoresRequest(IReadOnlyList<string>? Slides, string? Prefix, bool All);
