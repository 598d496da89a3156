using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Uploads: an address in storage for a slide; its bytes never come here.</summary>
public static class UploadsApi
{
    /// <summary>Bytes of a block: 8 MiB, of which a blob may have 50,000.</summary>
    internal const int BlockBytes = 8 << 20;

    /// <summary>Bytes of the longest blob of such blocks.</summary>
    internal const long MostBytes = 50_000L * BlockBytes;

    /// <summary>Maps the route.</summary>
    public static void MapUploads(this IEndpointRouteBuilder routes) => routes.MapPost("/api/uploads", PostAsync).For(Role.Reviewer);

    private static async Task<Results<Ok<UploadAnswer>, ProblemHttpResult>> PostAsync(
        UploadRequest upload, SlideTable slides, SignedAddresses addresses, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(upload.Name) || SlideName.ReasonAgainst(upload.Name) is not null)
        {
            return Problems.Invalid("name", string.IsNullOrEmpty(upload.Name) ? "it is empty." : SlideName.ReasonAgainst(upload.Name)!);
        }

        if (upload.Length is < 1 or > MostBytes)
        {
            return Problems.Invalid("length", $"{upload.Length} is not 1 to {MostBytes} bytes.");
        }

        var slide = SlideId.FromName(upload.Name);
        if (!upload.Replaces && await slides.FindAsync(slide, cancellationToken) is { DeletedAt: null })
        {
            return Problems.Conflict(
                "slide-exists",
                $"There is a slide '{upload.Name}' already. Upload with \"replaces\": true to replace it, or under another name.");
        }

        var (address, expires) = await addresses.SignUploadAsync(upload.Name, cancellationToken);
        return TypedResults.Ok(new UploadAnswer(slide.Value, address, expires, BlockBytes));
    }
}
