namespace IdcFunctions.Slides;

/// <summary>Text that somebody chose, as a field of a CSV file.</summary>
public static class CsvText
{
    /// <summary>In quotes, on one line; what a spreadsheet would take for a formula is text.</summary>
    public static string Quoted(string text) => $"\"{(IsFormula(text) ? "'" : "")}{text.ReplaceLineEndings(" ").Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>As it is, and <see cref="Quoted"/> only where it has to be.</summary>
    public static string Field(string text) => IsFormula(text) || text.AsSpan().ContainsAny(",\"\r\n") ? Quoted(text) : text;

    private static bool IsFormula(string text) => text is ['=' or '+' or '-' or '@', ..];
}
