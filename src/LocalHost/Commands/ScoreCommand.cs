using System.CommandLine;
using System.Globalization;
using IdcFunctions.LocalHost.Scoring;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc score</c>: drops slides, waits for their results, writes them to a folder.</summary>
public static class ScoreCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SiteOptions options)
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "Slides, or folders of slides (looked through with their subfolders)",
            Arity = ArgumentArity.OneOrMore,
        };
        paths.Validators.Add(result =>
        {
            // An argument that takes many would take a mistyped option for a path.
            foreach (var token in result.Tokens.Where(token => token.Value.StartsWith("--", StringComparison.Ordinal) && !Path.Exists(token.Value)))
            {
                result.AddError($"{token.Value}: there is no such option. Options: idc score --help");
            }
        });
        var results = new Option<string>("--results") { Description = "Folder for CSV, GeoJSON, heatmaps and run_metadata.json", Required = true };
        var spacing = new Option<double?>("--mpp") { Description = "µm/px of level 0, for slides that state none or a wrong one" };
        Check(
            spacing,
            text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && MicronsPerPixel.IsPlausible(value),
            string.Create(CultureInfo.InvariantCulture, $"µm/px between {MicronsPerPixel.Finest} and {MicronsPerPixel.Coarsest}"));
        var stride = new Option<int?>("--stride")
        {
            Description = "Pixels at 4 µm/px from one patch to the next, 1 to 50: below 50 they overlap, for a denser heatmap",
        };
        Check(
            stride,
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= 50,
            "whole number from 1 to 50");
        var region = new Option<string?>("--region") { Description = "Only a part of the slides: x,y,width,height in level-0 pixels" };
        Check(
            region,
            text => PixelRegion.TryParse(text, out var parsed) && parsed is { MinX: >= 0, MinY: >= 0 },
            "x,y,width,height in level-0 pixels");
        var upsample = new Option<bool>("--upsample") { Description = "Enlarge slides that are coarser than 4 µm/px instead of refusing them" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of a table" };
        var icc = new Option<bool>("--icc")
        {
            Description = "Bring the slides' colours to sRGB by the ICC profile that they hold; "
                + "the model was trained on colours as scanners store them",
        };
        var command = new Command("score", "Scores slides and writes their results. Exit code 1 when any slide failed.")
        {
            paths, results, spacing, stride, region, upsample, icc, json,
        };
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() => RunAsync(
            options.Read(parsed, 0),
            new ScoreRequest(
                parsed.GetValue(paths)!,
                parsed.GetValue(results)!,
                Metadata(
                    parsed.GetValue(spacing),
                    parsed.GetValue(stride),
                    parsed.GetValue(region),
                    parsed.GetValue(upsample),
                    parsed.GetValue(icc)),
                parsed.GetValue(json)),
            cancellationToken)));
        return command;
    }

    /// <summary>Scores.</summary>
    public static async Task<int> RunAsync(LocalSiteOptions options, ScoreRequest request, CancellationToken cancellationToken)
    {
        var slides = SlideFiles.Find(request.Paths);
        await using var site = await LocalSite.OpenAsync(options, TimeProvider.System, Console.Error.WriteLine, cancellationToken);
        using var api = new SlidesClient(site.Address);
        var progress = new ScoreProgress();
        var upload = new SlideUpload(site.StorageConnection, request.Metadata);
        var results = new ResultsFolder(request.ResultsFolder, slides, api);
        var reports = await progress.RunAsync(
            slides,
            async (slide, tell, token) =>
            {
                var (etag, wasKnown) = await upload.SendAsync(slide, tell, token);
                if (wasKnown && await api.HasFailedAsync(slide, etag, token))
                {
                    await api.RetryAsync(slide, token);
                }

                var report = await api.WaitAsync(slide, etag, waiting => upload.IsStoredAsync(slide, etag, waiting), tell, token);
                if (report.IsComplete)
                {
                    await results.WriteAsync(report, token);
                }

                return report;
            },
            site.Completion,
            cancellationToken);
        await results.WriteMetadataAsync(reports, cancellationToken);
        if (request.IsJson)
        {
            ScoreReport.WriteJson(reports);
        }
        else
        {
            ScoreReport.WriteTable(reports, request.ResultsFolder);
        }

        return reports.All(report => report.IsComplete) ? 0 : IdcCommand.Failed;
    }

    private static Dictionary<string, string> Metadata(double? spacing, int? stride, string? region, bool isUpsampled, bool appliesIcc)
    {
        var metadata = new Dictionary<string, string>();
        Add(BlobMetadata.SpacingUmPx, spacing?.ToString("R", CultureInfo.InvariantCulture));
        Add(BlobMetadata.Stride, stride?.ToString(CultureInfo.InvariantCulture));
        Add(BlobMetadata.Region, region);
        Add(BlobMetadata.Upsample, isUpsampled ? "true" : null);
        Add(BlobMetadata.Icc, appliesIcc ? "true" : null);
        return metadata;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                metadata[key] = value;
            }
        }
    }

    private static void Check(Option option, Func<string, bool> isValid, string what) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && !isValid(text))
        {
            result.AddError($"{option.Name}: '{text}' is no {what}.");
        }
    });
}
