using System.Collections.Immutable;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Regions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Where to look on a slide: its regions of predicted IDC, and its least certain patches.</summary>
public static class RegionsApi
{
    private const int MostItems = 1000;

    /// <summary>Maps the routes.</summary>
    public static void MapRegions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/regions", RegionsAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}/uncertain", UncertainAsync).For(Role.Reader);
    }

    private static Task<Results<Ok<Page<TumourRegion>>, ProblemHttpResult>> RegionsAsync(
        string slide, int? top, SlideTable slides, RunFiles files, CancellationToken cancellationToken) =>
        AnswerAsync(slide, top, run => TumourRegions.Find(run), slides, files, cancellationToken);

    private static Task<Results<Ok<Page<UncertainPatch>>, ProblemHttpResult>> UncertainAsync(
        string slide, int? top, SlideTable slides, RunFiles files, CancellationToken cancellationToken) =>
        AnswerAsync(slide, top, run => UncertainPatch.LeastCertain(run), slides, files, cancellationToken);

    private static async Task<Results<Ok<Page<TItem>>, ProblemHttpResult>> AnswerAsync<TItem>(
        string slide, int? top, Func<ScoredRun, ImmutableArray<TItem>> find, SlideTable slides, RunFiles files, CancellationToken cancellationToken)
    {
        if (top is < 1 or > MostItems)
        {
            return Problems.Invalid("top", $"must be 1 to {MostItems}.");
        }

        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        return await files.FindScoredRunAsync(published.Slide, published.Run, cancellationToken) is { } run
            ? TypedResults.Ok(new Page<TItem>([.. find(run).Take(top ?? 20)], null))
            : Problems.ScoresGone(slide);
    }
}
