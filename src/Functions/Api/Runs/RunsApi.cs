using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>A slide's complete runs, and what another one says otherwise than the published one.</summary>
public static class RunsApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/runs", ListAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}/compare", CompareAsync).For(Role.Reader);
    }

    /// <summary>The latest first. Runs of older content are left out: their cells show other tissue.</summary>
    private static async Task<Results<Ok<Page<RunAnswer>>, ProblemHttpResult>> ListAsync(
        string slide, SlideTable slides, RunLedger ledger, CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        var complete = await CompleteAsync(published, ledger, cancellationToken);
        return TypedResults.Ok(new Page<RunAnswer>([.. complete.Select(run => Of(run, published))], null));
    }

    /// <summary>
    /// The published run beside another one: the one of that id, else the last one of that model or version, scored with
    /// another model, or another of its graphs, than the published one.
    /// </summary>
    private static async Task<Results<Ok<RunComparison>, ProblemHttpResult>> CompareAsync(
        string slide, string with, SlideTable slides, RunLedger ledger, RunFiles files, CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        var complete = await CompleteAsync(published, ledger, cancellationToken);
        var own = complete.Find(run => run.RowKey == published.Run.Value)?.ReadSettings();
        var others = complete.Where(run => run.RowKey != published.Run.Value).ToList();
        var other = others.Find(run => run.RowKey == with)
            ?? others.Find(run => run.ReadSettings() is var settings
                && GraphOf(settings) != GraphOf(own)
                && (with == settings.ModelVersion || with == NameOf(settings)));
        if (other is null)
        {
            return Problems.NotFound(
                $"Slide '{slide}' has no other complete run {with}, nor one of a model of that name and version, or version, "
                + $"beside the published one's. GET /api/slides/{slide}/runs lists its runs.");
        }

        var first = await files.FindScoredRunAsync(published.Slide, published.Run, cancellationToken);
        var second = await files.FindScoredRunAsync(published.Slide, RunId.Parse(other.RowKey), cancellationToken);
        return first is null || second is null ? Problems.ScoresGone(slide)
            : RunComparison.Of(first, second) is { } comparison ? TypedResults.Ok(comparison)
            : Problems.Conflict("grids-differ", "The two runs have different grids: spacing or stride changed between them.");
    }

    /// <summary>The complete runs of the published run's content, itself among them, the latest first.</summary>
    internal static async Task<List<RunRow>> CompleteAsync(PublishedRun published, RunLedger ledger, CancellationToken cancellationToken)
    {
        var complete = (await ledger.RunsAsync(published.Slide, cancellationToken)).Where(run => run.ReadState() == RunState.Complete).ToList();
        var etag = complete.Find(run => run.RowKey == published.Run.Value)?.ReadSettings().Etag;
        return [.. complete.Where(run => run.ReadSettings().Etag == etag).OrderByDescending(run => run.Decided)];
    }

    private static RunAnswer Of(RunRow run, PublishedRun published) =>
        new(run.RowKey, NameOf(run.ReadSettings()), run.Decided, run.RowKey == published.Run.Value);

    /// <summary>Versions may have one graph, with another threshold, and a version several.</summary>
    private static (string?, string?, string?) GraphOf(RunSettings? settings) => (settings?.ModelName, settings?.ModelVersion, settings?.ModelSha256);

    private static string NameOf(RunSettings settings) => $"{settings.ModelName} {settings.ModelVersion}";
}
