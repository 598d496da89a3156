using Microsoft.AspNetCore.StaticFiles;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// The page's files. Those whose name holds a hash of their content are kept by browsers; <c>index.html</c>, which names
/// them, is asked for again.
/// </summary>
public static class PageFiles
{
    /// <summary>Serves the page.</summary>
    public static void UsePage(this WebApplication app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = SetCaching });
    }

    private static void SetCaching(StaticFileResponseContext served) =>
        served.Context.Response.Headers.CacheControl =
            served.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal)
                ? "public, max-age=31536000, immutable"
                : "no-cache";
}
