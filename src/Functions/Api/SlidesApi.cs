using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Api;

/// <summary>Slides over HTTP: list, one, its files; rescore, retry, delete, restore.</summary>
public static class SlidesApi
{
    /// <summary>Characters of an <c>Idempotency-Key</c>, which is kept in the run's row and document.</summary>
    private const int MostKeyCharacters = 255;

    /// <summary>Most slides on a page.</summary>
    private const int MostSlides = 1000;

    /// <summary>Maps the routes.</summary>
    public static void MapSlides(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides", ListAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}", GetAsync).For(Role.Reader);
        routes.MapDelete("/api/slides/{slide}", DeleteAsync).For(Role.Admin);
        routes.MapPost("/api/slides/{slide}/restore", RestoreAsync).For(Role.Admin);
        routes.MapPost("/api/slides/{slide}/rescore", RescoreAsync).For(Role.Reviewer);
        routes.MapPost("/api/slides/{slide}/retry", RetryAsync).For(Role.Reviewer);
        routes.MapGet("/api/slides/{slide}/exports/{file}", ExportAsync).Produces(StatusCodes.Status302Found).For(Role.Reader);
    }

    private static async Task<Results<Ok<Page<SlideAnswer>>, ProblemHttpResult>> ListAsync(
        string? prefix, string? search, string? status, string? order, string? continuation, int? top, SlideListing listing, CancellationToken cancellationToken)
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

        if (!IsKey(prefix) || !IsKey(continuation))
        {
            return Problems.NoKey(IsKey(prefix) ? "continuation" : "prefix");
        }

        var query = new SlideQuery(order == "newest", prefix ?? "", string.IsNullOrEmpty(search) ? null : search, status, continuation ?? "", top ?? 100);
        var (rows, next) = await listing.PageAsync(query, cancellationToken);
        return TypedResults.Ok(new Page<SlideAnswer>([.. rows.Select(row => SlideAnswer.Of(row, null, []))], next));
    }

    private static async Task<Results<Ok<SlideAnswer>, ProblemHttpResult>> GetAsync(
        string slide, SlideTable slides, RunLedger ledger, PatchTable patches, CancellationToken cancellationToken)
    {
        if (await FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        return TypedResults.Ok(await AnswerAsync(found.Id, found.Row, ledger, patches, cancellationToken));
    }

    private static async Task<Results<Ok<SlideAnswer>, ProblemHttpResult>> DeleteAsync(
        string slide, SlideTable slides, RunDecider decider, CancellationToken cancellationToken)
    {
        if (await FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        await decider.DeleteAsync(found.Id, cancellationToken);
        return TypedResults.Ok(SlideAnswer.Of((await slides.FindAsync(found.Id, cancellationToken))!, null, []));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RestoreAsync(
        string slide, SlideTable slides, RunDecider decider, MessageQueues queues, CancellationToken cancellationToken)
    {
        if (await FindAsync(slide, slides, cancellationToken) is not { } found)
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

    /// <summary>Makes a new run with the active model, and today's mask and settings.</summary>
    internal static async Task<Results<Accepted, ProblemHttpResult>> RescoreAsync(
        string slide, HttpRequest request, SlideTable slides, RunDecider decider, MessageQueues queues, CancellationToken cancellationToken)
    {
        if (await FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        var (key, problem) = RequestId(request);
        if (key is null)
        {
            return problem!;
        }

        try
        {
            if (await decider.DecideRescoreAsync(found.Row, key, RunState.Tiling, cancellationToken) is not { } run)
            {
                return Problems.SlideDeleted(slide);
            }

            await queues.SendTileAsync(found.Id, run, cancellationToken);
            return TypedResults.Accepted($"/api/slides/{slide}");
        }
        catch (SlideRefusedException refused)
        {
            return Problems.Refused(refused.Failure);
        }
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RetryAsync(
        string slide, SlideTable slides, RunLedger ledger, RunDecider decider, AttemptLog attempts, MessageQueues queues, CancellationToken cancellationToken)
    {
        if (await FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        if (found.Row.Status != nameof(RunState.Failed))
        {
            return Problems.Conflict("not-failed", $"Slide '{slide}' is {found.Row.Status}; only a failed slide can be retried. POST …/rescore makes a new run.");
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
        string slide, string file, SlideTable slides, RunFiles files, SignedAddresses addresses, IOptions<ExportOptions> options, CancellationToken cancellationToken)
    {
        if (!Exports.All.Contains(file))
        {
            return Problems.NotFound($"There is no export '{file}'; there are {string.Join(", ", Exports.All)}.");
        }

        var (published, problem) = await FindPublishedAsync(slide, slides, cancellationToken);
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

    /// <summary>What makes a rescore one of its own: the caller's <c>Idempotency-Key</c>, else a new one; or what is wrong with the caller's.</summary>
    internal static (string? Key, ProblemHttpResult? Problem) RequestId(HttpRequest request) => request.Headers["Idempotency-Key"].FirstOrDefault() switch
    {
        null or "" => (Guid.NewGuid().ToString("N"), null),
        { Length: > MostKeyCharacters } key => (null, Problems.Invalid("Idempotency-Key", $"it has {key.Length} characters; at most {MostKeyCharacters} are taken.")),
        var key => (key, null),
    };

    private static async Task<SlideAnswer> AnswerAsync(SlideId id, SlideRow row, RunLedger ledger, PatchTable patches, CancellationToken cancellationToken)
    {
        if (row.WantedRun is not { } wanted)
        {
            return SlideAnswer.Of(row, null, []);
        }

        var run = RunId.Parse(wanted);
        var finished = await patches.FinishedBatchesAsync(id, run, cancellationToken);
        return SlideAnswer.Of(row, await ledger.FindRunAsync(id, run, cancellationToken), finished);
    }

    /// <summary>The run whose result readers see, or why there is none.</summary>
    internal static async Task<(PublishedRun? Published, ProblemHttpResult? Problem)> FindPublishedAsync(string slide, SlideTable slides, CancellationToken cancellationToken)
    {
        if (await FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return (null, Problems.SlideNotFound(slide));
        }

        if (found.Row.DeletedAt is not null)
        {
            return (null, Problems.SlideDeleted(slide));
        }

        return found.Row.PublishedRun is { } run
            ? (new PublishedRun(found.Id, RunId.Parse(run)), null)
            : (null, Problems.NotPublished(slide, found.Row.Status));
    }

    /// <summary>True for text that can stand in a key; what storage does with other text is its own affair, and a NUL ends the emulator.</summary>
    internal static bool IsKey(string? text) => text is null || text.All(static character => char.IsAsciiLetterOrDigit(character) || ".-_~|".Contains(character, StringComparison.Ordinal));

    internal static async Task<(SlideId Id, SlideRow Row)?> FindAsync(string slide, SlideTable slides, CancellationToken cancellationToken) =>
        SlideId.TryParse(slide, out var id) && await slides.FindAsync(id!, cancellationToken) is { } row ? (id!, row) : null;
}
