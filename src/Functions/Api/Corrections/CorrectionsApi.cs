using System.Security.Claims;
using Azure;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

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

    private static async Task<Results<Ok<CorrectionsAnswer>, ProblemHttpResult>> GetAsync(
        string slide, HttpResponse response, SlideTable slides, RunFiles files, SlideCorrections corrections, CancellationToken cancellationToken)
    {
        if (await SlideLookup.FindAsync(slide, slides, cancellationToken) is not { } found)
        {
            return Problems.SlideNotFound(slide);
        }

        // What is changed by its ETag is read anew.
        response.Headers.CacheControl = "private, no-store";
        var (stored, etag) = await corrections.FindAsync(found.Id, cancellationToken);
        if (found.Row.PublishedRun is not { } run || await files.FindPlanAsync(found.Id, RunId.Parse(run), cancellationToken) is not { } plan)
        {
            return TypedResults.Ok(new CorrectionsAnswer(null, null, [], stored.Sheets().Sum(sheet => sheet.Items.Count)));
        }

        var content = LabelledContent.Of(plan);
        var items = stored.On(content);
        response.Headers.ETag = EtagOf(etag, content).ToString();
        return TypedResults.Ok(new CorrectionsAnswer(run, content.ToToken(), items, stored.Sheets().Sum(sheet => sheet.Items.Count) - items.Count));
    }

    private static async Task<Results<Ok<CorrectionsAnswer>, ProblemHttpResult>> PutAsync(
        string slide,
        CorrectionsRequest request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        HttpResponse response,
        ClaimsPrincipal user,
        SlideTable slides,
        RunFiles files,
        SlideCorrections corrections,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        // Who has signed in is who corrects; only where nobody signs in it is who they say they are.
        var by = user.Identity is { AuthenticationType: PlatformPrincipal.Scheme } signedIn ? signedIn.Name : request.By;
        if (string.IsNullOrWhiteSpace(by) || by.Length > MostNameCharacters)
        {
            return Problems.Invalid("by", $"a reviewer's name has 1 to {MostNameCharacters} characters.");
        }

        // JSON's null is not what the types say.
        if (request.Items is null || request.Items.Contains(null!))
        {
            return Problems.Invalid("items", "it is to be a list of patches, without null.");
        }

        if (string.IsNullOrEmpty(ifMatch))
        {
            return Problems.IfMatchMissing();
        }

        if (await files.FindPlanAsync(published.Slide, published.Run, cancellationToken) is not { } plan)
        {
            return Problems.ResultGone(slide);
        }

        var content = LabelledContent.Of(plan);
        var (before, etag) = await corrections.FindAsync(published.Slide, cancellationToken);
        if (!EntityTagHeaderValue.TryParseList([ifMatch], out var read)
            || !read.Any(one => one.Compare(EtagOf(etag, content), useStrongComparison: false)))
        {
            return Problems.CorrectionsChanged();
        }

        // What is as it was stays, also where the present run does not score its patch.
        var known = before.On(content).ToDictionary(item => new PatchCell(item.Row, item.Column));
        var scored = plan.Cells.Select(planned => planned.Cell).ToHashSet();
        var now = time.GetUtcNow();
        var after = new SortedDictionary<PatchCell, Correction>();
        foreach (var (row, column, label) in request.Items)
        {
            var cell = new PatchCell(row, column);
            var old = known.GetValueOrDefault(cell);
            var item = old?.Label == label ? old : new Correction(row, column, label, by, now);
            if ((item != old && !scored.Contains(cell)) || !after.TryAdd(cell, item))
            {
                var fault = after.ContainsKey(cell) ? "is there twice." : "is no scored patch of this slide's result.";
                return Problems.Invalid("items", $"row {row}, column {column} {fault}");
            }
        }

        return await corrections.TryStoreAsync(published.Slide, before.With(published.Run.Value, content, [.. after.Values]), etag, cancellationToken)
            ? await GetAsync(slide, response, slides, files, corrections, cancellationToken)
            : Problems.CorrectionsChanged();
    }

    /// <summary>
    /// Of what is stored and what it is shown on: rows and columns that were read for other content, or another grid, are
    /// not taken either.
    /// </summary>
    private static EntityTagHeaderValue EtagOf(ETag? stored, LabelledContent content) =>
        new($"\"{(stored is { } etag ? etag.ToString().Trim('"') : "none")}.{content.ToToken()}\"");

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ExportAsync(
        string? prefix, CorrectedPatches patches, CancellationToken cancellationToken) =>
        !SlideQuery.IsKey(prefix) ? Problems.NoKey("prefix")
            : await patches.ZipAsync(prefix ?? "", cancellationToken) is { } zip
            ? TypedResults.File(zip, "application/zip", "corrected-patches.zip")
            : Problems.TooManyCorrections();
}
