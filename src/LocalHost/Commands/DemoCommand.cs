using System.Collections.ObjectModel;
using System.CommandLine;
using IdcFunctions.LocalHost.Demo;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc demo</c>: a made slide through the whole line.</summary>
public static class DemoCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SiteOptions options)
    {
        var results = new Option<string>("--results") { Description = "Folder for the results", DefaultValueFactory = _ => "demo-results" };
        var command = new Command("demo", "Makes a synthetic slide, scores it, prints the result and where to look.") { results };
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() =>
            RunAsync(options.Read(parsed, 0), parsed.GetValue(results)!, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(LocalSiteOptions options, string results, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("idc-demo-");
        try
        {
            var slide = Path.Combine(folder.FullName, "synthetic-slide.tif");
            await File.WriteAllBytesAsync(slide, SyntheticSlide.Make(), cancellationToken);
            var request = new ScoreRequest([slide], results, ReadOnlyDictionary<string, string>.Empty, false);
            return await ScoreCommand.RunAsync(options, request, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
