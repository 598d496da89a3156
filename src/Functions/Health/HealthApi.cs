using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>The function <c>Health</c>: the probes.</summary>
public static class HealthApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Ok(new LiveAnswer("live"))).AllowAnonymous();
        routes.MapGet("/health/ready", ReadyAsync)
            .Produces<ReadyAnswer>()
            .Produces<ReadyAnswer>(StatusCodes.Status503ServiceUnavailable)
            .AllowAnonymous();
    }

    private static async Task<JsonHttpResult<ReadyAnswer>> ReadyAsync(
        ModelStore models, ScoringThreads threads, MessageQueues queues, CancellationToken cancellationToken)
    {
        // Ready or not: what waits meanwhile is asked most where nothing is handled.
        var states = await queues.StatesAsync(cancellationToken);
        var waiting = states
            .Where(queue => !queue.IsPoison)
            .ToDictionary(queue => queue.Name, queue => new QueueBacklog(queue.Messages, (int)queue.OldestSeconds));
        var poisoned = states.Where(queue => queue.IsPoison).ToDictionary(queue => queue.Name, queue => queue.Messages);
        try
        {
            if (await models.FindActiveAsync(cancellationToken) is not { } active)
            {
                return NotReady("No model is active. POST /api/models/{name}/{version}/activate.");
            }

            var scorer = await models.GetOwnScorerAsync(active.ModelName, active.ModelVersion, cancellationToken);
            return TypedResults.Json(new ReadyAnswer(
                "ready",
                $"{active.ModelName} {active.ModelVersion}",
                scorer.Provider,
                scorer.FallbackReason,
                null,
                waiting,
                poisoned)
            {
                Threads = scorer.Threads,
                ChunkSize = scorer.ChunkSize,
                BatchesAtOnce = threads.Count,
            });
        }
        catch (Exception exception) when (exception is ModelRefusedException or GpuRequiredException)
        {
            return NotReady(exception.Message);
        }

        JsonHttpResult<ReadyAnswer> NotReady(string reason) =>
            TypedResults.Json(
                new ReadyAnswer("not ready", null, null, null, reason, waiting, poisoned),
                statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
