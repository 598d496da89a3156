using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;

namespace IdcFunctions.Functions.Api;

/// <summary>Restores the tables from blobs, some slides a call.</summary>
public static class RebuildApi
{
    /// <summary>Maps the route.</summary>
    public static void MapRebuild(this IEndpointRouteBuilder routes) => routes.MapPost("/api/rebuild", RebuildAsync).For(Role.Admin);

    private static async Task<RebuildAnswer> RebuildAsync(string? continuation, RunRebuild rebuild, Housekeeping housekeeping, TimeProvider time, CancellationToken cancellationToken)
    {
        var (runs, next) = await rebuild.RebuildAsync(continuation, cancellationToken);

        // Slides without a complete run are decided anew.
        var decided = next is null ? await housekeeping.SendLostEventsAsync(time.GetUtcNow(), cancellationToken) : 0;
        return new RebuildAnswer(runs, decided, next);
    }
}
