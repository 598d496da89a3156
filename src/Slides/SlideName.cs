namespace IdcFunctions.Slides;

/// <summary>Which blob names can be slides: those that survive a URL on their way through storage clients.</summary>
public static class SlideName
{
    /// <summary>The longest name of a blob, in UTF-16 units (Azure's naming rules).</summary>
    public const int MaxLength = 1024;

    /// <summary>Why <paramref name="name"/> can't be a slide, with the way out; null where it can.</summary>
    public static string? ReasonAgainst(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return $"The name has {name.Length} characters; a blob's name has 1 to {MaxLength}. Shorten it and upload again.";
        }

        if (name.Split('/', '\\').Any(segment => segment is "." or ".."))
        {
            return "The name has a '.' or '..' segment, which URLs drop. Rename the file and upload again.";
        }

        if (name.EndsWith('.') || name.EndsWith('/') || name.EndsWith('\\'))
        {
            return "The name ends in '.', '/' or '\\', which storage does not keep. Rename the file and upload again.";
        }

        return name.Any(char.IsControl) || !IsWellFormed(name)
            ? "The name has a control character or half a surrogate pair, which URLs do not carry. Rename the file and upload again."
            : null;
    }

    private static bool IsWellFormed(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(name[i]))
            {
                return false;
            }
        }

        return true;
    }
}
