using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using IdcFunctions.Functions.Api;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// Holds callers of the API to <see cref="RequestLimits"/>. What the Functions host posts to the functions is not limited
/// here: host.json does that.
/// </summary>
public static class RequestLimiting
{
    private const string PredictPath = "/api/predict";

    /// <summary>Adds the limits.</summary>
    public static void AddRequestLimits(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<RequestLimits>().BindConfiguration("Requests").ValidateDataAnnotations();
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RequestLimits>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(context => Rate(context, limits.Value)),
                PartitionedRateLimiter.Create<HttpContext, string>(context => Predictions(context, limits.Value)));
            limiter.OnRejected = async (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time)
                    ? Math.Max(1, (int)Math.Ceiling(time.TotalSeconds))
                    : 1;
                rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
                await Problems.TooManyRequests(wait).ExecuteAsync(rejected.HttpContext);
            };
        });
    }

    /// <summary>Uses the limits.</summary>
    public static void UseRequestLimits(this WebApplication app)
    {
        var most = app.Services.GetRequiredService<IOptions<RequestLimits>>().Value.JsonKibibytes * 1024;
        app.UseRateLimiter();
        app.Use(async (context, next) =>
        {
            // Whatever the body says that it is: one that nobody reads would be as long as it likes.
            if (context.Request.ContentLength > most && IsApi(context) && !TakesPictures(context))
            {
                await RequestBody.DropAsync(context.Request, context.RequestAborted);
                await Problems.TooLarge(most).ExecuteAsync(context);
                return;
            }

            await next(context);
        });
    }

    private static RateLimitPartition<string> Rate(HttpContext context, RequestLimits limits)
    {
        if (!IsApi(context))
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return RateLimitPartition.GetTokenBucketLimiter($"{(reads ? "read" : "change")} {ClientOf(context)}", _ =>
        {
            // A minute's worth may come at once; then they come as they are refilled.
            var perMinute = reads ? limits.ReadsPerMinute : limits.ChangesPerMinute;
            return new TokenBucketRateLimiterOptions
            {
                TokenLimit = perMinute,
                TokensPerPeriod = Math.Max(1, perMinute / 60),
                ReplenishmentPeriod = perMinute < 60 ? TimeSpan.FromMinutes(1.0 / perMinute) : TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            };
        });
    }

    private static RateLimitPartition<string> Predictions(HttpContext context, RequestLimits limits) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Equals(PredictPath, StringComparison.OrdinalIgnoreCase)
            ? RateLimitPartition.GetConcurrencyLimiter("predict", _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = limits.PredictionsAtOnce,
                QueueLimit = limits.PredictionsWaiting,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            })
            : RateLimitPartition.GetNoLimiter("");

    /// <summary>True for the routes that take a picture: each has a limit of its own.</summary>
    private static bool TakesPictures(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes
            .Any(type => type.StartsWith("image/", StringComparison.Ordinal)) == true;

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The address that the proxy next to this app saw; what a client itself writes into the header stands before it. The
    /// Functions host connects from loopback.
    /// </summary>
    private static string ClientOf(HttpContext context)
    {
        var forwarded = context.Request.Headers["X-Forwarded-For"].LastOrDefault()?.Split(',')[^1].Trim();
        return IPEndPoint.TryParse(forwarded ?? "", out var client)
            ? client.Address.ToString()
            : context.Connection.RemoteIpAddress?.ToString() ?? "";
    }
}
