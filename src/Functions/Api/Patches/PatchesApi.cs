using System.Globalization;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>A published run's patches over HTTP.</summary>
public static class PatchesApi
{
    private const int MostPatches = 25_000;

    /// <summary>Maps the routes.</summary>
    public static void MapPatches(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/patches", ListAsync).For(Role.Reader);
        routes.MapGet("/api/slides/{slide}/patches/{patch}", GetAsync).For(Role.Reader);
    }

    private static async Task<Results<Ok<Page<PatchAnswer>>, ProblemHttpResult>> ListAsync(
        string slide,
        string? minProbability,
        string? bbox,
        string? continuation,
        int? top,
        SlideTable slides,
        RunLedger ledger,
        PatchTable patches,
        CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        double? minimum = null;
        if (minProbability is not null)
        {
            if (!double.TryParse(minProbability, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value is not (>= 0 and <= 1))
            {
                return Problems.Invalid("minProbability", $"'{minProbability}' is not a number from 0 to 1.");
            }

            minimum = value;
        }

        PixelRegion? region = null;
        if (bbox is not null)
        {
            if (!PixelRegion.TryParse(bbox, out var parsed))
            {
                return Problems.Invalid("bbox", $"'{bbox}' is not x,y,width,height in level-0 pixels.");
            }

            region = parsed;
        }

        if (top is < 1 or > MostPatches)
        {
            return Problems.Invalid("top", $"must be 1 to {MostPatches}.");
        }

        PatchCell? after = null;
        if (continuation is not null)
        {
            if (continuation.Split('.') is not [var run, var key] || !PatchCell.TryParse(key, out var cell))
            {
                return Problems.Invalid("continuation", "it is not one that this API gave.");
            }

            if (run != published.Run.Value)
            {
                return Problems.RunSuperseded();
            }

            after = cell;
        }

        var count = top ?? 1000;
        var rows = await patches.QueryAsync(published.Slide, published.Run, new PatchQuery(minimum, region, after, count + 1), cancellationToken);

        // Its row first, then its patches are deleted: read in the other order, a page of a run that is going is never taken for a whole one.
        if (await ledger.FindRunAsync(published.Slide, published.Run, cancellationToken) is null or { State: nameof(RunState.Deleting) })
        {
            return Problems.RunSuperseded();
        }

        var next = rows.Count > count ? $"{published.Run}.{rows[count - 1].RowKey}" : null;
        return TypedResults.Ok(new Page<PatchAnswer>([.. rows.Take(count).Select(PatchAnswer.Of)], next));
    }

    private static async Task<Results<Ok<PatchAnswer>, ProblemHttpResult>> GetAsync(
        string slide, string patch, SlideTable slides, PatchTable patches, CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        return PatchCell.TryParse(patch, out var cell) && await patches.FindAsync(published.Slide, published.Run, cell, cancellationToken) is { } row
            ? TypedResults.Ok(PatchAnswer.Of(row))
            : Problems.PatchNotFound(patch);
    }
}
