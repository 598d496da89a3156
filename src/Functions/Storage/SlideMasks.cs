using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>The users' tissue masks, one a slide at most. A run's settings hold the ETag of the mask that it is tiled with.</summary>
public sealed class SlideMasks(StorageClients storage)
{
    /// <summary>Most bytes of a mask: a drawn mask of a whole slide has some hundred kilobytes.</summary>
    public const int MostBytes = 32 << 20;

    private readonly BlobContainerClient masks = storage.Blobs.GetBlobContainerClient(Containers.Masks);

    /// <summary>The ETag of a slide's mask; null where it has none.</summary>
    public async Task<string?> FindEtagAsync(SlideId slide, CancellationToken cancellationToken) =>
        (await Blob(slide).FindPropertiesAsync(cancellationToken))?.ETag.ToString();

    /// <summary>A slide's mask; null where it has none.</summary>
    public Task<byte[]?> FindAsync(SlideId slide, CancellationToken cancellationToken) => Blob(slide).FindContentAsync(cancellationToken);

    /// <summary>Reads the mask that a run was decided for.</summary>
    /// <exception cref="SlideRefusedException">It was changed or deleted since, or is larger than <see cref="MostBytes"/>.</exception>
    public async Task<byte[]> ReadAsync(SlideId slide, string name, string etag, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = new ETag(etag) } };
            using var answer = (await Blob(slide).DownloadStreamingAsync(options, cancellationToken)).Value;
            if (answer.Details.ContentLength > MostBytes)
            {
                throw new SlideRefusedException(new SlideFailure(
                    FailureSteps.Tile,
                    "mask-unusable",
                    $"{name}: its mask can't be used: it has {answer.Details.ContentLength} bytes, more than {MostBytes}.",
                    "Put a smaller PNG, or delete the mask; either makes a new run."));
            }

            var content = new byte[answer.Details.ContentLength];
            await answer.Content.ReadExactlyAsync(content, cancellationToken);
            return content;
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            var failure = new SlideFailure(
                FailureSteps.Tile,
                "mask-changed",
                $"{name}: the mask that this run was decided for was changed or deleted.",
                "Rescore the slide: the new run takes the mask as it is then.");
            throw new SlideRefusedException(failure, exception);
        }
    }

    /// <summary>Stores a slide's mask.</summary>
    public async Task StoreAsync(SlideId slide, byte[] png, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "image/png" } };
        await Blob(slide).UploadAsync(BinaryData.FromBytes(png), options, cancellationToken);
    }

    /// <summary>Deletes a slide's mask; false where it has none.</summary>
    public async Task<bool> DeleteAsync(SlideId slide, CancellationToken cancellationToken) =>
        (await Blob(slide).DeleteIfExistsAsync(cancellationToken: cancellationToken)).Value;

    /// <summary>Deletes a slide's mask unless it is another one by now.</summary>
    public Task DeleteAsync(SlideId slide, string etag, CancellationToken cancellationToken) =>
        Blob(slide).DeleteAsReadAsync(new ETag(etag), cancellationToken);

    private BlobClient Blob(SlideId slide) => masks.GetBlobClient(BlobNames.Mask(slide));
}
