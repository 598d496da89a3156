using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>The slide that an address names, or what is answered where it is not there.</summary>
internal static class SlideLookup
{
    /// <summary>The slide, a deleted one too; null where there is none.</summary>
    public static async Task<(SlideId Id, SlideRow Row)?> FindAsync(string slide, SlideTable slides, CancellationToken cancellationToken) =>
        SlideId.TryParse(slide, out var id) && await slides.FindAsync(id!, cancellationToken) is { } row ? (id!, row) : null;

    /// <summary>The slide, or the problem that there is none, or that it is deleted.</summary>
    public static async Task<((SlideId Id, SlideRow Row)? Found, ProblemHttpResult? Problem)> FindPresentAsync(
        string slide, SlideTable slides, CancellationToken cancellationToken) =>
        await FindAsync(slide, slides, cancellationToken) is not { } found ? (null, Problems.SlideNotFound(slide))
            : found.Row.DeletedAt is not null ? (null, Problems.SlideDeleted(slide))
            : (found, null);

    /// <summary>The run whose result readers see, or why there is none.</summary>
    public static async Task<(PublishedRun? Published, ProblemHttpResult? Problem)> FindPublishedAsync(
        string slide, SlideTable slides, CancellationToken cancellationToken)
    {
        var (found, problem) = await FindPresentAsync(slide, slides, cancellationToken);
        return found is { } present ? PublishedOf(present) : (null, problem);
    }

    /// <summary>The run whose result readers see of a slide that was found.</summary>
    public static (PublishedRun? Published, ProblemHttpResult? Problem) PublishedOf((SlideId Id, SlideRow Row) found) =>
        found.Row.PublishedRun is { } run
            ? (new PublishedRun(found.Id, RunId.Parse(run)), null)
            : (null, Problems.NotPublished(found.Id.Value, found.Row.Status));
}
