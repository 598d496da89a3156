using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;

namespace IdcFunctions.Functions.Api;

/// <summary>The function <c>Health</c>: the probes.</summary>
public static class HealthApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Ok(new { status = "live" })).AllowAnonymous();
        routes.MapGet("/health/ready", ReadyAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(ModelStore models, MessageQueues queues, CancellationToken cancellationToken)
    {
        try
        {
            if (await models.FindActiveAsync(cancellationToken) is not { } active)
            {
                return NotReady("No model is active. POST /api/models/{name}/{version}/activate.");
            }

            var scorer = await models.GetScorerAsync(active.ModelName, active.ModelVersion, null, cancellationToken);
            var states = await queues.StatesAsync(cancellationToken);
            return Results.Json(new
            {
                status = "ready",
                model = $"{active.ModelName} {active.ModelVersion}",
                provider = scorer.Provider,
                fallback = scorer.FallbackReason,
                queues = states.Where(queue => !queue.IsPoison).ToDictionary(queue => queue.Name, queue => new { messages = queue.Messages, oldestSeconds = (int)queue.OldestSeconds }),
                poisoned = states.Where(queue => queue.IsPoison).ToDictionary(queue => queue.Name, queue => queue.Messages),
            });
        }
        catch (ModelRefusedException refused)
        {
            return NotReady(refused.Message);
        }
    }

    private static IResult NotReady(string reason) =>
        Results.Json(new { status = "not ready", reason }, statusCode: StatusCodes.Status503ServiceUnavailable);
}
