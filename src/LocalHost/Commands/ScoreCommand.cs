using System.CommandLine;
using System.Globalization;
using IdcFunctions.LocalHost.Scoring;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc score</c>: drops slides, waits for their results, writes them to a folder.</summary>
public static class ScoreCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SiteOptions options)
    {
        var paths = new Argument<string[]>("paths") { Description = "Slides, or folders of slides (looked through with their subfolders)", Arity = ArgumentArity.OneOrMore };
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
        spacing.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !MicronsPerPixel.IsPlausible(value)))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--mpp: '{text}' is no µm/px between {MicronsPerPixel.Finest} and {MicronsPerPixel.Coarsest}."));
            }
        });
        var json = new Option<bool>("--json") { Description = "Print one JSON document instead of a table" };
        var command = new Command("score", "Scores slides and writes their results. Exit code 1 when any slide failed.") { paths, results, spacing, json };
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() => RunAsync(
            options.Read(parsed, 0),
            new ScoreRequest(parsed.GetValue(paths)!, parsed.GetValue(results)!, parsed.GetValue(spacing), parsed.GetValue(json)),
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
        var upload = new SlideUpload(site.StorageConnection, request.SpacingUmPx);
        var reports = await progress.RunAsync(
            slides,
            async (slide, tell) =>
            {
                var (etag, wasKnown) = await upload.SendAsync(slide, tell, cancellationToken);
                if (wasKnown && await api.HasFailedAsync(slide, etag, cancellationToken))
                {
                    await api.RetryAsync(slide, cancellationToken);
                }

                return await api.WaitAsync(slide, etag, tell, cancellationToken);
            },
            site.Completion,
            cancellationToken);
        await new ResultsFolder(request.ResultsFolder, api).WriteAsync(slides, reports, cancellationToken);
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
}
