namespace IdcFunctions.Functions.Runs;

/// <summary>One part of a result, and whether it still is what it was.</summary>
/// <param name="Part">What it is, e.g. <c>scores</c> or <c>patches.csv</c>.</param>
/// <param name="State">Whether it is unchanged.</param>
/// <param name="Expected">What the result was made with: a hash, an ETag.</param>
/// <param name="Found">What is there now; null where nothing is.</param>
public sealed record VerifiedPart(string Part, VerifiedState State, string? Expected, string? Found)
{
    /// <summary>Compares.</summary>
    public static VerifiedPart Of(string part, string? expected, string? found) =>
        new(part, found is null ? VerifiedState.Missing : found == expected ? VerifiedState.Unchanged : VerifiedState.Changed, expected, found);
}
