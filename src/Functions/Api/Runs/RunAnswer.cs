namespace IdcFunctions.Functions.Api;

/// <summary>A complete run of a slide's present content, to be looked at beside the published one.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Model">Name and version of its model.</param>
/// <param name="Decided">When it was decided.</param>
/// <param name="IsPublished">True for the run whose result readers see.</param>
public sealed record RunAnswer(string Run, string Model, DateTimeOffset Decided, bool IsPublished);
