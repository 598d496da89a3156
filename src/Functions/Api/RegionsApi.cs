using System.Globalization;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Where to look: the regions of predicted IDC, and the patches of which the model is least certain.</summary>
public static class RegionsApi
{
    private const int MostItems = 1000;

    /// <summary>Maps the routes.</summary>
    public static void MapRegions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/regions", RegionsAsync);
        routes.MapGet("/api/slides/{slide}/uncertain", UncertainAsync);
    }

    private static Task<Results<Ok<Page<TumourRegion>>, ProblemHttpResult>> RegionsAsync(
        string slide, string? threshold, int? top, RunLedger ledger, RunFiles files, CancellationToken cancellationToken) =>
        AnswerAsync(slide, threshold, top, ledger, files, (plan, scores, limit) => TumourRegions.Find(plan.Grid, scores, limit), cancellationToken);

    private static Task<Results<Ok<Page<PatchAnswer>>, ProblemHttpResult>> UncertainAsync(
        string slide, string? threshold, int? top, RunLedger ledger, RunFiles files, CancellationToken cancellationToken) =>
        AnswerAsync(
            slide,
            threshold,
            top,
            ledger,
            files,
            (plan, scores, limit) => scores.OrderBy(score => Math.Abs(score.Probability - limit)).Select(score => PatchAnswer.Of(score, plan.Grid)),
            cancellationToken);

    /// <summary>Finds something in the published run's scores; the threshold is the model's where none is asked for.</summary>
    private static async Task<Results<Ok<Page<TItem>>, ProblemHttpResult>> AnswerAsync<TItem>(
        string slide, string? threshold, int? top, RunLedger ledger, RunFiles files, Func<TilingPlan, List<PatchScore>, double, IEnumerable<TItem>> find, CancellationToken cancellationToken)
    {
        double? limit = null;
        if (threshold is not null)
        {
            if (!double.TryParse(threshold, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value is not (>= 0 and <= 1))
            {
                return Problems.Invalid("threshold", $"'{threshold}' is not a number from 0 to 1.");
            }

            limit = value;
        }

        if (top is < 1 or > MostItems)
        {
            return Problems.Invalid("top", $"must be 1 to {MostItems}.");
        }

        var (published, problem) = await SlidesApi.FindPublishedAsync(slide, ledger, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        if (await files.FindDocumentAsync(published.Slide, published.Run, cancellationToken) is not { } document
            || await files.FindPlanAsync(published.Slide, published.Run, cancellationToken) is not { } plan)
        {
            return Problems.RunSuperseded();
        }

        var scores = await files.ReadScoresAsync(published.Slide, published.Run, plan, cancellationToken);
        return TypedResults.Ok(new Page<TItem>([.. find(plan, scores, limit ?? document.Summary.DecisionThreshold).Take(top ?? 20)], null));
    }
}
