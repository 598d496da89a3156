using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Api;

/// <summary>Slides over HTTP: list, one, its files; retry, delete, restore.</summary>
public static class SlidesApi
{
    /// <summary>Most slides on a page.</summary>
    private const int MostSlides = 1000;

    /// <summary>Maps the routes.</summary>
    public static void MapSlides(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides", ListAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}", GetAsync).For(Role.Reader);
        routes.MapDelete("/api/slides/{slide}", DeleteAsync).For(Role.Admin);
        routes.MapPost("/api/slides/{slide}/restore", RestoreAsync).For(Role.Admin);
        routes.MapPost("/api/slides/{slide}/retry", RetryAsync).For(Role.Reviewer);
        routes.MapGet("/api/slides/{slide}/exports/{file}", ExportAsync).Produces(StatusCodes.Status302Found).For(Role.Reader);
    }

    private static async Task<Results<Ok<Page<SlideAnswer>>, ProblemHttpResult>> ListAsync(
        string? prefix,
        string? search,
        string? status,
        string? order,
        string? continuation,
        int? top,
        SlideListing listing,
        CancellationToken cancellationToken)
    {
        if (top is < 1 or > MostSlides)
        {
            return Problems.Invalid("top", $"must be 1 to {MostSlides}.");
        }

        if (order is not (null or "name" or "newest"))
        {
            return Problems.Invalid("order", $"'{order}' is neither name nor newest.");
        }

        if (status is not null and not SlideStatus.Deleted && !Enum.GetNames<RunState>().Contains(status))
        {
            return Problems.Invalid("status", $"'{status}' is none of {string.Join(", ", Enum.GetNames<RunState>())}, {SlideStatus.Deleted}.");
        }

        if (!SlideQuery.IsKey(prefix) || !SlideQuery.IsKey(continuation))
        {
            return Problems.NoKey(SlideQuery.IsKey(prefix) ? "continuation" : "prefix");
        }

        var query = new SlideQuery(
            order == "newest",
            prefix ?? "",
            string.IsNullOrEmpty(search) ? null : search,
            status,
            continuation ?? "",
            top ?? 100);
        var (rows, next) = await listing.PageAsync(query, cancellationToken);
        return TypedResults.Ok(new Page<SlideAnswer>([.. rows.Select(row => SlideAnswer.Of(row, null, []))], next));
    }

    private static async Task<Results<Ok<SlideAnswer>, ProblemHttpResult>> GetAsync(
        string slide, SlideTable slides, RunLedger ledger, PatchTable patches, CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        return TypedResults.Ok(await AnswerAsync(found.Id, found.Row, ledger, patches, cancellationToken));
    }

    private static async Task<Results<Ok<SlideAnswer>, ProblemHttpResult>> DeleteAsync(
        string slide, SlideTable slides, RunDecider decider, CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        await decider.DeleteAsync(found.Id, cancellationToken);
        return TypedResults.Ok(SlideAnswer.Of((await slides.FindAsync(found.Id, cancellationToken))!, null, []));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RestoreAsync(
        string slide, SlideTable slides, RunDecider decider, MessageQueues queues, CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        try
        {
            if (await decider.RestoreAsync(found.Id, cancellationToken) is { } run)
            {
                await queues.SendTileAsync(found.Id, run, cancellationToken);
            }

            return TypedResults.Accepted($"/api/slides/{slide}");
        }
        catch (SlideRefusedException refused)
        {
            return Problems.Refused(refused.Failure);
        }
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RetryAsync(
        string slide,
        SlideTable slides,
        RunLedger ledger,
        RunDecider decider,
        AttemptLog attempts,
        MessageQueues queues,
        CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        if (found.Row.Status != nameof(RunState.Failed))
        {
            return Problems.Conflict(
                "not-failed",
                $"Slide '{slide}' is {found.Row.Status}; only a failed slide can be retried. POST …/rescore makes a new run.");
        }

        if (found.Row.WantedRun is { } wanted)
        {
            var run = RunId.Parse(wanted);
            await attempts.ClearAsync(found.Id, run, cancellationToken);
            await ledger.AdvanceAsync(found.Id, run, RunState.Tiling, RunActor.Api, static row => row.Redrives = 0, cancellationToken);
            await queues.SendTileAsync(found.Id, run, cancellationToken);
        }
        else if (await decider.DecideUploadAsync(found.Row.Name, cancellationToken) is { } decided)
        {
            await queues.SendTileAsync(found.Id, decided, cancellationToken);
        }

        return TypedResults.Accepted($"/api/slides/{slide}");
    }

    private static async Task<Results<FileContentHttpResult, RedirectHttpResult, ProblemHttpResult>> ExportAsync(
        string slide,
        string file,
        SlideTable slides,
        RunFiles files,
        SignedAddresses addresses,
        IOptions<ExportOptions> options,
        CancellationToken cancellationToken)
    {
        if (!Exports.All.Contains(file))
        {
            return Problems.NotFound($"There is no export '{file}'; there are {string.Join(", ", Exports.All)}.");
        }

        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        if (await files.FindExportLengthAsync(published.Slide, published.Run, file, cancellationToken) > options.Value.MostDirectBytes)
        {
            return TypedResults.Redirect((await addresses.SignExportAsync(published.Slide, published.Run, file, cancellationToken)).AbsoluteUri);
        }

        return await files.FindExportAsync(published.Slide, published.Run, file, cancellationToken) is { } content
            ? TypedResults.File(content, Exports.ContentTypeOf(file), file)
            : Problems.NotFound($"The file {file} of slide '{slide}' is no longer stored.");
    }

    private static async Task<SlideAnswer> AnswerAsync(
        SlideId id, SlideRow row, RunLedger ledger, PatchTable patches, CancellationToken cancellationToken)
    {
        if (row.WantedRun is not { } wanted)
        {
            return SlideAnswer.Of(row, null, []);
        }

        var run = RunId.Parse(wanted);
        var finished = await patches.FinishedBatchesAsync(id, run, cancellationToken);
        return SlideAnswer.Of(row, await ledger.FindRunAsync(id, run, cancellationToken), finished);
    }
}
