using IdcFunctions.Functions.Api;
using IdcFunctions.Functions.Storage;

namespace IdcFunctions.Functions.Hosting;

/// <summary>What keeps other sites' pages from using this app in a user's browser, and this app's page from loading anything of theirs.</summary>
public static class BrowserGuard
{
    /// <summary>
    /// Header that every changing request carries, with any value. A foreign page can't send it: its browser would ask
    /// this app for leave first, and gets none.
    /// </summary>
    public const string RequestHeader = "X-Requested-With";

    /// <summary>Adds the headers and the check.</summary>
    public static void UseBrowserGuard(this WebApplication app)
    {
        // Where uploads go is the only other place that the page connects to. Frames, plug-ins and inline code: none.
        var uploads = app.Services.GetRequiredService<SignedAddresses>().Origin.GetLeftPart(UriPartial.Authority);
        var policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            + $"connect-src 'self' {uploads}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        app.Use(async (context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                && Changes(context.Request.Method)
                && !context.Request.Headers.ContainsKey(RequestHeader))
            {
                await Problems.HeaderMissing().ExecuteAsync(context);
                return;
            }

            await next(context);
        });
    }

    private static bool Changes(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);
}
