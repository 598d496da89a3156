using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>Reviewers' labels, a blob a slide. They are kept when runs go, and go with the slide.</summary>
public sealed class SlideCorrections(StorageClients storage, RunFiles files)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.Corrections);

    /// <summary>A slide's corrections and their ETag; none, and no ETag, where there are none.</summary>
    public async Task<(StoredCorrections Corrections, ETag? Etag)> FindAsync(SlideId slide, CancellationToken cancellationToken)
    {
        try
        {
            var blob = (await Blob(slide).DownloadContentAsync(cancellationToken)).Value;
            var stored = blob.Content.ToObjectFromJson<StoredCorrections>(Json)!;

            // Older programs stored the run alone: it tells the content as long as it is there.
            return stored is { Content: null, Run: { } run } && await files.FindPlanAsync(slide, RunId.Parse(run), cancellationToken) is { } plan
                ? (stored with { Content = LabelledContent.Of(plan) }, blob.Details.ETag)
                : (stored, blob.Details.ETag);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return (StoredCorrections.None, null);
        }
    }

    /// <summary>The corrections of all slides that have some.</summary>
    /// <param name="prefix">Only slides whose ids begin so.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<(SlideId Slide, StoredCorrections Corrections)> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            if (SlideId.TryParse(blob.Name, out var slide))
            {
                yield return (slide!, (await FindAsync(slide!, cancellationToken)).Corrections);
            }
        }
    }

    /// <summary>Stores a slide's corrections unless somebody stored others since they were read.</summary>
    /// <returns>False where somebody did.</returns>
    public Task<bool> TryStoreAsync(SlideId slide, StoredCorrections corrections, ETag? read, CancellationToken cancellationToken)
    {
        var json = BinaryData.FromObjectAsJson(corrections, Json);
        return read is { } etag ? Blob(slide).TryReplaceAsync(json, etag, cancellationToken) : Blob(slide).TryCreateAsync(json, cancellationToken);
    }

    /// <summary>The ETag of a slide's corrections; null where it has none.</summary>
    public async Task<string?> FindEtagAsync(SlideId slide, CancellationToken cancellationToken) =>
        (await Blob(slide).FindPropertiesAsync(cancellationToken))?.ETag.ToString();

    /// <summary>Deletes all corrections of a slide unless somebody stored others since.</summary>
    public Task DeleteAsync(SlideId slide, string etag, CancellationToken cancellationToken) =>
        Blob(slide).DeleteAsReadAsync(new ETag(etag), cancellationToken);

    private BlobClient Blob(SlideId slide) => container.GetBlobClient(slide.Value);
}
