using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>Drops slides into container <c>slides</c>, as any user's tool would. Content that is there already is not sent again.</summary>
public sealed class SlideUpload(string connection, IReadOnlyDictionary<string, string> asked)
{
    private const int BlockBytes = 8 * 1024 * 1024;

    private readonly BlobContainerClient slides = new BlobServiceClient(connection).GetBlobContainerClient(Containers.Slides);

    /// <summary>Uploads a slide with its SHA-256 and what was asked for.</summary>
    /// <returns>The ETag of the blob, and whether it was there before.</returns>
    /// <exception cref="SlideRefusedException">The name can't be a blob's, or the file can't be read.</exception>
    public async Task<(ETag Etag, bool WasKnown)> SendAsync(SlideFile slide, Action<string> tell, CancellationToken cancellationToken)
    {
        if (SlideName.ReasonAgainst(slide.Name) is { } reason)
        {
            throw new SlideRefusedException(new SlideFailure(FailureSteps.Upload, "name-refused", $"{slide.Name}: {reason}", "Rename the file."));
        }

        tell("reading");
        var (file, sha256) = await ReadAsync(slide, cancellationToken);
        await using var content = file;
        var metadata = new Dictionary<string, string>(asked) { [BlobMetadata.Sha256] = sha256 };
        var blob = slides.GetBlobClient(slide.Name);
        if (await FindAsync(blob, cancellationToken) is { } known
            && known.ContentLength == content.Length
            && known.Metadata.Count == metadata.Count
            && metadata.All(pair => known.Metadata.TryGetValue(pair.Key, out var value) && value == pair.Value))
        {
            return (known.ETag, true);
        }

        content.Position = 0;
        var length = Math.Max(1, content.Length);
        var uploaded = await blob.UploadAsync(
            content,
            new BlobUploadOptions
            {
                Metadata = metadata,
                TransferOptions = new StorageTransferOptions
                {
                    InitialTransferSize = BlockBytes,
                    MaximumTransferSize = BlockBytes,
                    MaximumConcurrency = 4,
                },
                ProgressHandler = new Progress<long>(sent => tell(string.Create(CultureInfo.InvariantCulture, $"uploading {100 * sent / length} %"))),
            },
            cancellationToken);
        return (uploaded.Value.ETag, false);
    }

    /// <summary>True while storage holds this content of the slide.</summary>
    public async Task<bool> IsStoredAsync(SlideFile slide, ETag etag, CancellationToken cancellationToken) =>
        (await FindAsync(slides.GetBlobClient(slide.Name), cancellationToken))?.ETag == etag;

    /// <summary>Opens the file and reads it once: what can't be read ends its own slide and no other.</summary>
    private static async Task<(FileStream Content, string Sha256)> ReadAsync(SlideFile slide, CancellationToken cancellationToken)
    {
        FileStream? content = null;
        try
        {
            content = File.OpenRead(slide.Path);
            return (content, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            content?.Dispose();
            var failure = new SlideFailure(
                FailureSteps.Upload,
                "file-unreadable",
                $"{slide.Name}: the file can't be read: {exception.Message}",
                "Check that it is there and that you may read it, then score it again.");
            throw new SlideRefusedException(failure, exception);
        }
    }

    private static async Task<BlobProperties?> FindAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }
}
