using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Many rescores at once, behind new uploads.</summary>
public static class RescoresApi
{
    private const int SlidesAtOnce = 8;

    /// <summary>Maps the route.</summary>
    public static void MapRescores(this IEndpointRouteBuilder routes) => routes.MapPost("/api/rescores", RescoreAsync).For(Role.Admin);

    private static async Task<Results<Accepted<RescoresAnswer>, ProblemHttpResult>> RescoreAsync(
        RescoresRequest asked, HttpRequest request, SlideTable slides, RunDecider decider, WaitingRuns waiting, CancellationToken cancellationToken)
    {
        if ((asked.Slides is null ? 0 : 1) + (asked.Prefix is null ? 0 : 1) + (asked.All ? 1 : 0) != 1)
        {
            return Problems.Invalid("body", "it needs one of slides, prefix and all.");
        }

        var (key, problem) = SlidesApi.RequestId(request);
        if (key is null)
        {
            return problem!;
        }

        var gate = new Lock();
        int accepted = 0;
        var refused = new List<RefusedRescore>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = SlidesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(SlidesAsync(asked, slides, cancellationToken), limits, async (slide, token) =>
        {
            var reason = await TryRescoreAsync(slide, key, slides, decider, token);
            lock (gate)
            {
                accepted += reason is null ? 1 : 0;
                if (reason is not null)
                {
                    refused.Add(new RefusedRescore(slide, reason));
                }
            }
        });
        await waiting.ReleaseAsync(TimeSpan.Zero, cancellationToken);
        return TypedResults.Accepted((string?)null, new RescoresAnswer(accepted, [.. refused.OrderBy(one => one.Slide, StringComparer.Ordinal)]));
    }

    private static async IAsyncEnumerable<string> SlidesAsync(RescoresRequest asked, SlideTable slides, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var slide in asked.Slides?.Distinct() ?? [])
        {
            yield return slide;
        }

        if (asked.Slides is null)
        {
            await foreach (var row in slides.AllAsync(cancellationToken))
            {
                if (row.DeletedAt is null && row.RowKey.StartsWith(asked.Prefix ?? "", StringComparison.Ordinal))
                {
                    yield return row.RowKey;
                }
            }
        }
    }

    /// <summary>Decides a waiting run; else why there is none. A slide that is under way is left alone: its own run would be thrown away.</summary>
    private static async Task<string?> TryRescoreAsync(string slide, string key, SlideTable slides, RunDecider decider, CancellationToken cancellationToken)
    {
        if (await SlidesApi.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return "There is no such slide.";
        }

        if (found.Row.Status is not (nameof(RunState.Complete) or nameof(RunState.Failed) or nameof(RunState.Waiting)))
        {
            return $"It is {found.Row.Status}.";
        }

        try
        {
            return await decider.DecideRescoreAsync(found.Row, key, RunState.Waiting, cancellationToken) is null ? $"It is {SlideStatus.Deleted}." : null;
        }
        catch (SlideRefusedException refused)
        {
            return refused.Message;
        }
    }
}
