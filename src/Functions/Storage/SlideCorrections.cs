using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Api;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>Reviewers' labels, a blob a slide. They are kept when runs go.</summary>
public sealed class SlideCorrections(StorageClients storage)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.Corrections);

    /// <summary>A slide's corrections and their ETag; none, and no ETag, where there are none.</summary>
    public async Task<(CorrectionsAnswer Corrections, ETag? Etag)> FindAsync(SlideId slide, CancellationToken cancellationToken)
    {
        try
        {
            var blob = (await Blob(slide).DownloadContentAsync(cancellationToken)).Value;
            return (blob.Content.ToObjectFromJson<CorrectionsAnswer>(Json)!, blob.Details.ETag);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return (new CorrectionsAnswer(null, []), null);
        }
    }

    /// <summary>The corrections of all slides that have some.</summary>
    /// <param name="prefix">Only slides whose ids begin so.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<(SlideId Slide, CorrectionsAnswer Corrections)> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            if (SlideId.TryParse(blob.Name, out var slide) && (await FindAsync(slide!, cancellationToken)).Corrections is { Run: not null } found)
            {
                yield return (slide!, found);
            }
        }
    }

    /// <summary>Stores a slide's corrections unless somebody stored others since they were read.</summary>
    /// <returns>False where somebody did.</returns>
    public Task<bool> TryStoreAsync(SlideId slide, CorrectionsAnswer corrections, ETag? read, CancellationToken cancellationToken)
    {
        var json = BinaryData.FromObjectAsJson(corrections, Json);
        return read is { } etag ? Blob(slide).TryReplaceAsync(json, etag, cancellationToken) : Blob(slide).TryCreateAsync(json, cancellationToken);
    }

    private BlobClient Blob(SlideId slide) => container.GetBlobClient(slide.Value);
}
