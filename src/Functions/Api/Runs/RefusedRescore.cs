namespace IdcFunctions.Functions.Api;

/// <summary>A slide that was not rescored.</summary>
/// <param name="Slide">Its id.</param>
/// <param name="Reason">Why.</param>
public sealed record RefusedRescore(string Slide, string Reason);
