using System.Text;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Tiling.Isolation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>A slide's tissue mask over HTTP: the one found, or one given by the user. Giving or deleting one makes a new run.</summary>
public static class MaskApi
{
    private const string PngType = "image/png";

    /// <summary>Maps the routes.</summary>
    public static void MapMask(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/mask", GetAsync).For(Role.Reader);
        routes.MapPut("/api/slides/{slide}/mask", PutAsync).Accepts<byte[]>(PngType).For(Role.Reviewer);
        routes.MapDelete("/api/slides/{slide}/mask", DeleteAsync).For(Role.Reviewer);
    }

    /// <summary>The user's mask where there is one, else the published run's.</summary>
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetAsync(
        string slide, SlideTable slides, SlideMasks masks, RunFiles files, CancellationToken cancellationToken)
    {
        var (present, missing) = await SlideLookup.FindPresentAsync(slide, slides, cancellationToken);
        if (present is not { } found)
        {
            return missing!;
        }

        if (await masks.FindAsync(found.Id, cancellationToken) is { } given)
        {
            return TypedResults.File(given, PngType);
        }

        var (published, problem) = SlideLookup.PublishedOf(found);
        return published is null ? problem!
            : await files.FindExportAsync(published.Slide, published.Run, Exports.MaskPng, cancellationToken) is { } png
            ? TypedResults.File(png, PngType)
            : Problems.NotFound($"The mask of slide '{slide}' is no longer stored.");
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> PutAsync(
        string slide,
        HttpRequest request,
        SlideTable slides,
        SlideMasks masks,
        SlideDecoders decoders,
        RunDecider decider,
        MessageQueues queues,
        CancellationToken cancellationToken)
    {
        var (present, missing) = await SlideLookup.FindPresentAsync(slide, slides, cancellationToken);
        if (present is not { } found)
        {
            return missing!;
        }

        if (await RequestBody.ReadAsync(request, SlideMasks.MostBytes, cancellationToken) is not { } png)
        {
            return Problems.TooLarge(SlideMasks.MostBytes);
        }

        // The run would fail for the same reason; told at once, the slide keeps its result.
        (long Width, long Height)? size = PropertiesOf(found.Row) is { } properties ? (properties.Width, properties.Height) : null;
        if (await decoders.ReasonAgainstMaskAsync(png, found.Row.Name, size, cancellationToken) is { } reason)
        {
            return Problems.Invalid("mask", reason);
        }

        if (await decider.FindReasonAgainstRescoreAsync(found.Row, cancellationToken) is { } failure)
        {
            return Problems.Refused(failure);
        }

        await masks.StoreAsync(found.Id, png, cancellationToken);
        return await RescoresApi.RescoreAsync(slide, request, slides, decider, queues, cancellationToken);
    }

    private static async Task<Results<Accepted, NoContent, ProblemHttpResult>> DeleteAsync(
        string slide,
        HttpRequest request,
        SlideTable slides,
        SlideMasks masks,
        RunDecider decider,
        MessageQueues queues,
        CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        // With a mask goes the result that it gave: it is kept until another can be made.
        var isDeleted = found.Row.DeletedAt is not null;
        if (!isDeleted && await masks.FindEtagAsync(found.Id, cancellationToken) is not null
            && await decider.FindReasonAgainstRescoreAsync(found.Row, cancellationToken) is { } failure)
        {
            return Problems.Refused(failure);
        }

        if (!await masks.DeleteAsync(found.Id, cancellationToken))
        {
            return Problems.NotFound($"Slide '{slide}' has no mask given by a user.");
        }

        if (isDeleted)
        {
            return TypedResults.NoContent();
        }

        var rescored = await RescoresApi.RescoreAsync(slide, request, slides, decider, queues, cancellationToken);
        return rescored.Result is Accepted accepted ? accepted : (ProblemHttpResult)rescored.Result;
    }

    /// <summary>What is known of the slide's present content; null where it has no result yet.</summary>
    private static SlideProperties? PropertiesOf(SlideRow row) =>
        row.Published is { } json && row.PublishedEtag == row.WantedEtag ? RunDocument.FromJson(Encoding.UTF8.GetBytes(json)).Properties : null;
}
