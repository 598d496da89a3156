using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Whether a result still follows from its slide and its model, and its exports from it.</summary>
public static class VerificationApi
{
    /// <summary>Maps the route.</summary>
    public static void MapVerification(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/slides/{slide}/verification", GetAsync).For(Role.Reader);

    private static async Task<Results<Ok<VerificationAnswer>, ProblemHttpResult>> GetAsync(
        string slide, SlideTable slides, RunVerification verification, CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        if (await verification.VerifyAsync(published.Slide, published.Run, cancellationToken) is not { } parts)
        {
            return Problems.NotFound($"The run.json of slide '{slide}' is gone. POST /api/slides/{slide}/rescore makes its result anew.");
        }

        var isUnchanged = !parts.Any(part => part.State is VerifiedState.Changed or VerifiedState.Missing);
        return TypedResults.Ok(new VerificationAnswer(slide, published.Run.Value, isUnchanged, parts));
    }
}
