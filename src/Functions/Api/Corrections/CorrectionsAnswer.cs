using IdcFunctions.Functions.Storage;

namespace IdcFunctions.Functions.Api;

/// <summary>
/// A slide's corrections of the content and grid that its result shows. The answer's ETag is the one to send as
/// <c>If-Match</c> with a change.
/// </summary>
/// <param name="Run">The published run, on whose grid they are; null where the slide has no result.</param>
/// <param name="Content">
/// Names the slide's content and the grid: where it is another one, rows and columns mean other tissue. Null where the
/// slide has no result.
/// </param>
/// <param name="Items">The corrections in grid order.</param>
/// <param name="Older">How many more are kept that were made on other content of this slide, or on another grid.</param>
public sealed record CorrectionsAnswer(string? Run, string? Content, IReadOnlyList<Correction> Items, int Older);
