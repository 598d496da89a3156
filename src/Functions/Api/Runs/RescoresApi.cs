using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Rescores over HTTP: of one slide, and of many at once, behind new uploads.</summary>
public static class RescoresApi
{
    /// <summary>Characters of an <c>Idempotency-Key</c>, which is kept in the run's row and document.</summary>
    private const int MostKeyCharacters = 255;

    private const int SlidesAtOnce = 8;

    /// <summary>Maps the routes.</summary>
    public static void MapRescores(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/slides/{slide}/rescore", RescoreAsync).For(Role.Reviewer);
        routes.MapPost("/api/rescores", RescoreManyAsync).For(Role.Admin);
    }

    /// <summary>Makes a new run with the active model, and today's mask and settings.</summary>
    internal static async Task<Results<Accepted, ProblemHttpResult>> RescoreAsync(
        string slide, HttpRequest request, SlideTable slides, RunDecider decider, MessageQueues queues, CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        var (key, problem) = RequestId(request);
        if (key is null)
        {
            return problem!;
        }

        try
        {
            if (await decider.DecideRescoreAsync(found.Row, key, RunState.Tiling, cancellationToken) is not { } run)
            {
                return Problems.SlideDeleted(slide);
            }

            await queues.SendTileAsync(found.Id, run, cancellationToken);
            return TypedResults.Accepted($"/api/slides/{slide}");
        }
        catch (SlideRefusedException refused)
        {
            return Problems.Refused(refused.Failure);
        }
    }

    private static async Task<Results<Accepted<RescoresAnswer>, ProblemHttpResult>> RescoreManyAsync(
        RescoresRequest asked, HttpRequest request, SlideTable slides, RunDecider decider, WaitingRuns waiting, CancellationToken cancellationToken)
    {
        if ((asked.Slides is null ? 0 : 1) + (asked.Prefix is null ? 0 : 1) + (asked.All ? 1 : 0) != 1)
        {
            return Problems.Invalid("body", "it needs one of slides, prefix and all.");
        }

        var (key, problem) = RequestId(request);
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

    /// <summary>
    /// What makes a rescore one of its own: the caller's <c>Idempotency-Key</c>, else a new one; or what is wrong with the
    /// caller's.
    /// </summary>
    private static (string? Key, ProblemHttpResult? Problem) RequestId(HttpRequest request) =>
        request.Headers["Idempotency-Key"].FirstOrDefault() switch
        {
            null or "" => (Guid.NewGuid().ToString("N"), null),
            { Length: > MostKeyCharacters } key => (
                null,
                Problems.Invalid("Idempotency-Key", $"it has {key.Length} characters; at most {MostKeyCharacters} are taken.")),
            var key => (key, null),
        };

    private static async IAsyncEnumerable<string> SlidesAsync(
        RescoresRequest asked,
        SlideTable slides,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
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
    private static async Task<string?> TryRescoreAsync(
        string slide, string key, SlideTable slides, RunDecider decider, CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return "There is no such slide.";
        }

        if (found.Row.Status is not (nameof(RunState.Complete) or nameof(RunState.Failed) or nameof(RunState.Waiting)))
        {
            return $"It is {found.Row.Status}.";
        }

        try
        {
            return await decider.DecideRescoreAsync(found.Row, key, RunState.Waiting, cancellationToken) is null
                ? $"It is {SlideStatus.Deleted}."
                : null;
        }
        catch (SlideRefusedException refused)
        {
            return refused.Message;
        }
    }
}
