namespace IdcFunctions.Functions.Api;

/// <summary>A slide's corrections.</summary>
/// <param name="Run">The run whose grid they are on; null where there are none.</param>
/// <param name="Items">The corrections in grid order.</param>
public sealed record CorrectionsAnswer(string? Run, IReadOnlyList<Correction> Items);
