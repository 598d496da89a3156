namespace IdcFunctions.Functions.Storage;

/// <summary>The labels that were made on one content and grid of a slide.</summary>
/// <param name="Run">The run that was shown when the last of them was made.</param>
/// <param name="Content">What they are of; null where nobody can tell any more.</param>
/// <param name="Items">The labels in grid order.</param>
public sealed record LabelSheet(string? Run, LabelledContent? Content, IReadOnlyList<Correction> Items);
