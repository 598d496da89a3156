using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// Gives JSON answers to GET an ETag of their content, and answers 304 where the caller has it: the page asks every two
/// seconds for what seldom changes. An answer that says itself how it may be kept stays as it is.
/// </summary>
public static class JsonEtags
{
    /// <summary>Adds it for the routes below <c>/api</c>.</summary>
    public static void UseJsonEtags(this WebApplication app) =>
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                && HttpMethods.IsGet(context.Request.Method),
            api => api.Use(AnswerAsync));

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var body = response.Body;
        using var content = new MemoryStream();
        response.Body = content;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = body;
        }

        var bytes = content.GetBuffer().AsMemory(0, (int)content.Length);
        if (response is { StatusCode: StatusCodes.Status200OK, ContentType: { } type }
            && type.StartsWith("application/json", StringComparison.Ordinal)
            && response.Headers.CacheControl.Count == 0)
        {
            var etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes.Span))[..16]}\"");
            response.Headers.ETag = etag.ToString();
            response.Headers.CacheControl = "private, no-cache";
            if (EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known)
                && known.Any(one => one.Compare(etag, useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.ContentLength = null;
                response.ContentType = null;
                return;
            }
        }

        // A 304 of a file has no body.
        if (bytes.Length > 0)
        {
            await body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
