using System.Security.Claims;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Geometry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Reviewers' corrections over HTTP.</summary>
public static class CorrectionsApi
{
    private const int MostNameCharacters = 100;

    /// <summary>Maps the routes.</summary>
    public static void MapCorrections(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/slides/{slide}/corrections", GetAsync).For(Role.Reader);
        routes.MapPut("/api/slides/{slide}/corrections", PutAsync).For(Role.Reviewer);
        routes.MapGet("/api/corrections/export", ExportAsync).For(Role.Reviewer);
    }

    private static async Task<Results<Ok<CorrectionsAnswer>, ProblemHttpResult>> GetAsync(string slide, RunLedger ledger, SlideCorrections corrections, CancellationToken cancellationToken) =>
        await SlidesApi.FindAsync(slide, ledger, cancellationToken) is { } found
            ? TypedResults.Ok((await corrections.FindAsync(found.Id, cancellationToken)).Corrections)
            : Problems.SlideNotFound(slide);

    private static async Task<Results<Ok<CorrectionsAnswer>, ProblemHttpResult>> PutAsync(
        string slide, CorrectionsRequest request, ClaimsPrincipal user, RunLedger ledger, RunFiles files, SlideCorrections corrections, TimeProvider time, CancellationToken cancellationToken)
    {
        var (published, problem) = await SlidesApi.FindPublishedAsync(slide, ledger, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        // Who has signed in is who corrects; only where nobody signs in it is who they say they are.
        var by = user.Identity?.Name ?? request.By;
        if (string.IsNullOrWhiteSpace(by) || by.Length > MostNameCharacters)
        {
            return Problems.Invalid("by", $"a reviewer's name has 1 to {MostNameCharacters} characters.");
        }

        // JSON's null is not what the types say.
        if (request.Items is null || request.Items.Contains(null!))
        {
            return Problems.Invalid("items", "it is to be a list of patches, without null.");
        }

        if (await files.FindPlanAsync(published.Slide, published.Run, cancellationToken) is not { } plan)
        {
            return Problems.RunSuperseded();
        }

        var scored = plan.Cells.Select(planned => planned.Cell).ToHashSet();
        var labels = new SortedDictionary<PatchCell, CorrectionLabel>();
        foreach (var (row, column, label) in request.Items)
        {
            var cell = new PatchCell(row, column);
            if (!scored.Contains(cell) || !labels.TryAdd(cell, label))
            {
                return Problems.Invalid("items", $"row {row}, column {column} {(scored.Contains(cell) ? "is there twice." : "is no scored patch of this slide's result.")}");
            }
        }

        var (before, etag) = await corrections.FindAsync(published.Slide, cancellationToken);
        var known = before.Items.ToDictionary(item => (item.Row, item.Column));
        var now = time.GetUtcNow();
        var after = new CorrectionsAnswer(
            published.Run.Value,
            [.. labels.Select(pair => known.TryGetValue((pair.Key.Row, pair.Key.Column), out var old) && old.Label == pair.Value
                ? old
                : new Correction(pair.Key.Row, pair.Key.Column, pair.Value, by, now))]);
        return await corrections.TryStoreAsync(published.Slide, after, etag, cancellationToken)
            ? TypedResults.Ok(after)
            : Problems.Conflict("corrections-changed", "Somebody else changed this slide's corrections at the same time. Read them and try again.");
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ExportAsync(string? prefix, CorrectedPatches patches, CancellationToken cancellationToken) =>
        !SlidesApi.IsKey(prefix) ? Problems.Invalid("prefix", "it holds other characters than ids do: A-Z a-z 0-9 . _ ~ -")
            : await patches.ZipAsync(prefix ?? "", cancellationToken) is { } zip
            ? TypedResults.File(zip, "application/zip", "corrected-patches.zip")
            : Problems.TooManyCorrections();
}
