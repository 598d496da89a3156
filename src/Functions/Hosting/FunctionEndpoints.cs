using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Telemetry;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// Maps functions to the routes that the Functions host posts to. Success is 200 with <c>{}</c>: an empty answer
/// would hang the invocation until functionTimeout. Anything else is a failure, and the message comes again.
/// </summary>
public static partial class FunctionEndpoints
{
    /// <summary>Maps a queue-triggered function; <paramref name="run"/> gets the message's text.</summary>
    public static void MapQueueFunction<TFunction>(this WebApplication app, Func<TFunction, string, CancellationToken, Task> run)
        where TFunction : class
    {
        var name = typeof(TFunction).Name;
        app.MapPost("/" + name, (HttpContext context, TFunction function, SlideTraces traces, ILoggerFactory loggers) => AnswerAsync(
            context,
            loggers.CreateLogger(name),
            async cancellationToken =>
            {
                var message = await QueueEnvelope.ReadMessageAsync(context.Request.Body, cancellationToken);
                using var span = traces.Start(name, message);
                await run(function, message, cancellationToken);
            })).ForFunctionsHost();
    }

    /// <summary>Maps a timer-triggered function.</summary>
    public static void MapTimerFunction<TFunction>(this WebApplication app, Func<TFunction, CancellationToken, Task> run)
        where TFunction : class
    {
        var name = typeof(TFunction).Name;
        app.MapPost("/" + name, (HttpContext context, TFunction function, SlideTraces traces, ILoggerFactory loggers) => AnswerAsync(
            context,
            loggers.CreateLogger(name),
            async cancellationToken =>
            {
                using var span = traces.Start(name, null);
                await run(function, cancellationToken);
            })).ForFunctionsHost();
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, ILogger logger, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(context.RequestAborted);
            return Results.Text("{}", "application/json");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
#pragma warning disable CA1031 // The boundary to the host: whatever failed, the host must hear of it, and the log too.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception);
            return Results.Json(new { error = exception.GetType().Name }, statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The function failed; its message will come again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
