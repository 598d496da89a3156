using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Restores the tables from blobs, some slides a call.</summary>
public static class RebuildApi
{
    /// <summary>Maps the route.</summary>
    public static void MapRebuild(this IEndpointRouteBuilder routes) => routes.MapPost("/api/rebuild", RebuildAsync).For(Role.Admin);

    private static async Task<Results<Ok<RebuildAnswer>, ProblemHttpResult>> RebuildAsync(
        string? continuation, RunRebuild rebuild, Housekeeping housekeeping, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await rebuild.RebuildAsync(continuation, cancellationToken) is not { } rebuilt)
        {
            return Problems.Invalid("continuation", "it is none that this address gave. Start again without one: what is restored stays as it is.");
        }

        // Slides without a complete run are decided anew.
        var decided = rebuilt.Continuation is null ? await housekeeping.SendLostEventsAsync(time.GetUtcNow(), cancellationToken) : 0;
        return TypedResults.Ok(new RebuildAnswer(rebuilt.Runs, rebuilt.LeftOut, decided, rebuilt.Continuation));
    }
}
