using System.Collections.Immutable;
using System.Text.Json;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>Writes results to a folder with WSInfer's names: <c>model-outputs-csv/</c>, <c>model-outputs-geojson/</c>, and <c>heatmaps/</c>, <c>run_metadata.json</c>.</summary>
public sealed class ResultsFolder(string folder, SlidesClient api)
{
    private static readonly ImmutableArray<(string Export, string Folder, string Extension)> Files =
    [
        (Exports.PatchesCsv, "model-outputs-csv", ".csv"),
        (Exports.PatchesGeoJson, "model-outputs-geojson", ".geojson"),
        (Exports.HeatmapPng, "heatmaps", ".png"),
    ];

    /// <summary>Writes the files of every complete slide, and what was run.</summary>
    public async Task WriteAsync(ImmutableArray<SlideFile> slides, ImmutableArray<SlideReport> reports, CancellationToken cancellationToken)
    {
        // WSInfer names files by the slide without its extension; where two slides differ only there, the whole name.
        var stems = slides.CountBy(slide => Path.GetFileNameWithoutExtension(slide.Name), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var (export, subfolder, extension) in Files)
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, subfolder)).FullName;
            foreach (var report in reports.Where(report => report.IsComplete))
            {
                var stem = Path.GetFileNameWithoutExtension(report.Slide);
                var name = stems[stem] == 1 ? stem : report.Slide;
                await File.WriteAllBytesAsync(Path.Combine(target, name + extension), await api.GetExportAsync(report.SlideId, export, cancellationToken), cancellationToken);
            }
        }

        var metadata = new
        {
            program = "idc",
            version = typeof(ResultsFolder).Assembly.GetName().Version?.ToString(3),
            timestamp = TimeProvider.System.GetUtcNow(),
            workingDirectory = Environment.CurrentDirectory,
            arguments = Environment.GetCommandLineArgs()[1..],
            runtime = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            system = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            slides = reports,
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "run_metadata.json"), JsonSerializer.Serialize(metadata, ScoreReport.Indented) + "\n", cancellationToken);
    }
}
