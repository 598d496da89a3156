using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>Prints the results on standard output.</summary>
public static class ScoreReport
{
    /// <summary>JSON that people read: indented, letters as they are.</summary>
    internal static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One JSON document: <c>{"slides": […]}</c>.</summary>
    public static void WriteJson(ImmutableArray<SlideReport> reports) =>
        Console.WriteLine(JsonSerializer.Serialize(new { slides = reports }, Indented));

    /// <summary>A table, a line a slide, and where the files are.</summary>
    public static void WriteTable(ImmutableArray<SlideReport> reports, string folder)
    {
        var console = Terminal.Output();
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("slide", "status", "patches", "IDC mm²", "IDC % of tissue", "read", "seconds");
        foreach (var report in reports)
        {
            table.AddRow([.. new[]
            {
                report.Slide,
                report.Status,
                Text(report.Patches),
                Text(report.TumourAreaMm2, "0.00"),
                Text(report.TumourFraction * 100, "0.0"),
                report is { BytesRead: { } read, SlideBytes: > 0 and { } bytes }
                    ? string.Create(CultureInfo.InvariantCulture, $"{read / 1e6:0.0} of {bytes / 1e6:0.0} MB")
                    : "",
                Text(report.Seconds?.Total, "0.0"),
            }.Select(Markup.Escape)]);
        }

        console.Write(table);
        foreach (var report in reports.Where(report => report.StainWarning is not null))
        {
            console.MarkupLineInterpolated($"{report.Slide}: {report.StainWarning}");
        }

        console.MarkupLineInterpolated(
            $"Results in {Path.GetFullPath(folder)}: heatmaps/, model-outputs-csv/, model-outputs-geojson/, run_metadata.json");
        console.MarkupLine("Area of predicted IDC, for research use only: it does not say whether a patient has cancer.");
    }

    private static string Text(IFormattable? value, string? format = null) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
