namespace IdcFunctions.Slides;

/// <summary>
/// A run's key: the first 16 lower-case hex digits of the SHA-256 of everything that determines the run's results
/// (<see cref="Runs.RunSettings"/>). Equal inputs have equal ids, on every machine.
/// </summary>
public sealed record RunId
{
    private RunId(string value) => Value = value;

    /// <summary>16 lower-case hex digits.</summary>
    public string Value { get; }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is not 16 lower-case hex digits.</exception>
    public static RunId Parse(string text) =>
        TryParse(text, out var id) ? id! : throw new FormatException($"'{text}' is not a run id: 16 lower-case hex digits.");

    /// <summary>Reads an id; false where the text is none.</summary>
    public static bool TryParse(string? text, out RunId? id)
    {
        id = text is { Length: 16 } && !text.AsSpan().ContainsAnyExcept("0123456789abcdef") ? new RunId(text) : null;
        return id is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
