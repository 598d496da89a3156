namespace IdcFunctions.Functions.Storage;

/// <summary>All labels of a slide as they are stored: those changed last, and beside them those of other contents and grids.</summary>
/// <param name="Run">The run that was shown when the last of <paramref name="Items"/> was made; null where there are none.</param>
/// <param name="Content">What they are of; null also where an older program stored them, which told the run alone.</param>
/// <param name="Items">The labels in grid order.</param>
public sealed record StoredCorrections(string? Run, LabelledContent? Content, IReadOnlyList<Correction> Items)
{
    /// <summary>Of a slide that has none.</summary>
    public static StoredCorrections None { get; } = new(null, null, []);

    /// <summary>Those of other contents and grids, each once.</summary>
    public IReadOnlyList<LabelSheet> Older { get; init; } = [];

    /// <summary>All of them, sheet by sheet.</summary>
    public IEnumerable<LabelSheet> Sheets() => Older.Append(new LabelSheet(Run, Content, Items));

    /// <summary>The labels of one content and grid.</summary>
    public IReadOnlyList<Correction> On(LabelledContent content) => Sheets().FirstOrDefault(sheet => sheet.Content == content)?.Items ?? [];

    /// <summary>The same with other labels of one content and grid.</summary>
    public StoredCorrections With(string run, LabelledContent content, IReadOnlyList<Correction> items) =>
        new(run, content, items) { Older = [.. Sheets().Where(sheet => sheet.Content != content && sheet.Items.Count > 0)] };
}
