using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>
/// Writes results to a folder with WSInfer's names: <c>model-outputs-csv/</c>, <c>model-outputs-geojson/</c>, and
/// <c>heatmaps/</c>, <c>run_metadata.json</c>.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="slides">All slides that are written, which share its names.</param>
/// <param name="api">The app.</param>
public sealed class ResultsFolder(string folder, ImmutableArray<SlideFile> slides, SlidesClient api)
{
    private static readonly ImmutableArray<(string Export, string Folder, string Extension)> Files =
    [
        (Exports.PatchesCsv, "model-outputs-csv", ".csv"),
        (Exports.PatchesGeoJson, "model-outputs-geojson", ".geojson"),
        (Exports.HeatmapPng, "heatmaps", ".png"),
    ];

    private readonly FrozenDictionary<string, string> names = NamesOf(slides);

    /// <summary>Writes the files of a complete slide: those of the run that is reported, or none.</summary>
    /// <exception cref="Slides.SlideRefusedException">They are no longer there.</exception>
    public async Task WriteAsync(SlideReport report, CancellationToken cancellationToken)
    {
        var contents = await api.GetExportsAsync(report, [.. Files.Select(static file => file.Export)], cancellationToken);
        foreach (var ((_, subfolder, extension), content) in Files.Zip(contents))
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, subfolder)).FullName;
            await File.WriteAllBytesAsync(Path.Combine(target, names[report.Slide] + extension), content, cancellationToken);
        }
    }

    /// <summary>Writes what was run.</summary>
    public async Task WriteMetadataAsync(ImmutableArray<SlideReport> reports, CancellationToken cancellationToken)
    {
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
        Directory.CreateDirectory(folder);
        var text = JsonSerializer.Serialize(metadata, ScoreReport.Indented) + "\n";
        await File.WriteAllTextAsync(Path.Combine(folder, "run_metadata.json"), text, cancellationToken);
    }

    /// <summary>
    /// What the files of each slide are called: as WSInfer does by the slide's name without its extension; the whole name where
    /// two would be called the same.
    /// </summary>
    public static FrozenDictionary<string, string> NamesOf(ImmutableArray<SlideFile> slides)
    {
        var names = slides.ToDictionary(static slide => slide.Name, static slide => Path.GetFileNameWithoutExtension(slide.Name));
        while (true)
        {
            // A whole name may be another slide's name without its extension.
            var alike = names.GroupBy(static name => name.Value, StringComparer.OrdinalIgnoreCase).Where(static group => group.Skip(1).Any())
                .SelectMany(static group => group).Where(static name => name.Value != name.Key).ToList();
            if (alike.Count == 0)
            {
                return names.ToFrozenDictionary();
            }

            alike.ForEach(name => names[name.Key] = name.Key);
        }
    }
}
