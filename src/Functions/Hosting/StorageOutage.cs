using Microsoft.AspNetCore.Diagnostics;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// Storage that does not answer is no failure of the app: a client of the API is told so with 503, and may ask again. What
/// the Functions host asks fails as before, and comes again.
/// </summary>
public sealed partial class StorageOutage(IProblemDetailsService problems, ILogger<StorageOutage> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.Request.Path.StartsWithSegments("/api")
            || httpContext.RequestAborted.IsCancellationRequested
            || !StorageErrors.IsTransient(exception))
        {
            return false;
        }

        Log.NoAnswer(logger, httpContext.GetEndpoint()?.DisplayName, exception.Message.Split('\n')[0]);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = StatusCodes.Status503ServiceUnavailable },
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Route}: storage does not answer: {Reason}")]
        public static partial void NoAnswer(ILogger logger, string? route, string reason);
    }
}
