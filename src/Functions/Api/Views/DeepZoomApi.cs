using System.Globalization;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Viewing;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Isolation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace IdcFunctions.Functions.Api;

/// <summary>A slide for viewers: Deep Zoom and a thumbnail, of the published run's content, else of the one that is worked on.</summary>
public static class DeepZoomApi
{
    /// <summary>Pictures are of one content, named by the ETag: a browser may keep them for as long as it likes.</summary>
    private const string KeptForever = "private, max-age=31536000, immutable";

    private const string AskedAgain = "private, no-cache";
    private const string PreparingSeconds = "2";
    private const string JpegType = "image/jpeg";

    /// <summary>Maps the routes.</summary>
    public static void MapDeepZoom(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/deepzoom.dzi", DescribeAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}/deepzoom_files/{level}/{tile}.jpeg", TileAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}/thumbnail.jpeg", ThumbnailAsync).For(Role.Reader);
    }

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> DescribeAsync(
        string slide, string? etag, HttpContext http, SlideTable slides, SlideViews views, CancellationToken cancellationToken) =>
        ViewAsync(slide, etag, "application/xml", http, slides, async (name, content) =>
        {
            var viewed = await views.OpenAsync(name, content, cancellationToken);
            http.Response.Headers["Idc-Lowest-Level"] = viewed.LowestLevel.ToString(CultureInfo.InvariantCulture);
            return System.Text.Encoding.UTF8.GetBytes(viewed.Pyramid.ToDzi());
        });

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> TileAsync(
        string slide,
        string level,
        string tile,
        string? etag,
        HttpContext http,
        SlideTable slides,
        SlideViews views,
        CancellationToken cancellationToken) =>
        ViewAsync(slide, etag, JpegType, http, slides, async (name, content) =>
            Number(level) is { } wanted && tile.Split('_') is [var left, var top] && Number(left) is { } column && Number(top) is { } row
                ? await views.FindTileAsync(name, content, wanted, column, row, cancellationToken)
                : null);

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> ThumbnailAsync(
        string slide, string? etag, HttpContext http, SlideTable slides, SlideViews views, CancellationToken cancellationToken) =>
        ViewAsync(slide, etag, JpegType, http, slides, async (name, content) => await views.ThumbnailAsync(name, content, cancellationToken));

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ViewAsync(
        string slide, string? asked, string type, HttpContext http, SlideTable slides, Func<string, string, Task<byte[]?>> draw)
    {
        var (present, missing) = await SlideLookup.FindPresentAsync(slide, slides, http.RequestAborted);
        if (present is not { } found)
        {
            return missing!;
        }

        if ((found.Row.PublishedEtag ?? found.Row.WantedEtag) is not { } etag)
        {
            return Problems.NotPublished(slide, found.Row.Status);
        }

        // With the content's ETag in the address the address says it all: for ever, and so never of other content.
        if (asked is not null && asked.Trim('"') != etag.Trim('"'))
        {
            return Problems.Conflict("slide-changed", $"Slide '{slide}' has other content than {asked}: it is shown by {etag}.");
        }

        try
        {
            if (await draw(found.Row.Name, etag) is not { } content)
            {
                return Problems.NotFound("The slide's pyramid has no such tile.");
            }

            http.Response.Headers.CacheControl = asked is null ? AskedAgain : KeptForever;
            return TypedResults.File(content, type, entityTag: new EntityTagHeaderValue($"\"{etag.Trim('"')}\""));
        }
        catch (SlideRefusedException refused)
        {
            return Problems.Unprocessable(refused.Failure);
        }
        catch (ViewPreparingException preparing)
        {
            http.Response.Headers.RetryAfter = PreparingSeconds;
            return Problems.Preparing(preparing.Message);
        }
        catch (SlideChangedException)
        {
            return Problems.Conflict("slide-changed", $"Slide '{slide}' has other content than its result. Wait for its new run.");
        }
        catch (DecoderCrashedException crashed)
        {
            return Problems.Unprocessable("slide-damaged", crashed.Message);
        }
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
