using System.Text.RegularExpressions;

namespace IdcFunctions.Slides.Training;

/// <summary>Names of models, their versions, and data sets: they are segments of paths and URLs.</summary>
public static partial class StoredName
{
    /// <summary>What is allowed.</summary>
    public const string Rule = "letters, digits, '.', '_' and '-' are allowed, a letter or digit first, 100 at most";

    /// <summary>Whether a text can be such a name.</summary>
    public static bool IsValid(string? text) => text is not null && Segment().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Segment();
}
