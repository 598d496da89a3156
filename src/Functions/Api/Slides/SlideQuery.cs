namespace IdcFunctions.Functions.Api;

/// <summary>Which slides a page of the listing holds.</summary>
/// <param name="IsNewestFirst">False for the order of their ids.</param>
/// <param name="Prefix">Only ids that begin so; empty for all.</param>
/// <param name="Search">Only names that contain this text, whatever its case; null for all.</param>
/// <param name="Status">Only slides of this status; null for all.</param>
/// <param name="After">The key that the page before ended at; empty for the first page.</param>
/// <param name="Top">At most so many.</param>
public sealed record SlideQuery(bool IsNewestFirst, string Prefix, string? Search, string? Status, string After, int Top)
{
    /// <summary>True for text that can stand in a key; what storage does with other text is its own affair, and a NUL ends the emulator.</summary>
    public static bool IsKey(string? text) =>
        text is null
        || text.All(static character => char.IsAsciiLetterOrDigit(character) || ".-_~|".Contains(character, StringComparison.Ordinal));
}
