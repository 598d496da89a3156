using Azure;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Viewing;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Viewing;

/// <summary>
/// Slides that are being looked at: opened once for each content, with the pictures made of them. Both are kept in
/// bounded memory, the least recently used going first.
/// </summary>
public sealed class SlideViews(StorageClients storage, SlideDecoders decoders, ViewCopies copies, IOptions<ViewOptions> options) : IDisposable
{
    private const int ThumbnailSide = 320;

    /// <summary>Bytes of the tables of open slides; one of 100,000 × 100,000 px takes 3 MB.</summary>
    private const long MostTableBytes = 128 << 20;

    /// <summary>Length of a slide that is copied for a thumbnail alone: a listing of large ones would copy them all.</summary>
    private const long MostBytesForThumbnail = 64 << 20;

    /// <summary>What a cached thing takes beside its bytes.</summary>
    private const int EntryBytes = 512;

    private readonly MemoryCache slides = Cache(MostTableBytes);
    private readonly MemoryCache pictures = Cache((long)options.Value.PictureMebibytes << 20);

    /// <summary>A slide's pyramid.</summary>
    /// <exception cref="SlideRefusedException">The slide can't be looked at by parts.</exception>
    /// <exception cref="SlideChangedException">Storage no longer holds this content.</exception>
    /// <exception cref="ViewPreparingException">It is being copied.</exception>
    public Task<ViewedSlide> OpenAsync(string name, string etag, CancellationToken cancellationToken) =>
        OpenAsync(name, etag, long.MaxValue, cancellationToken);

    private async Task<ViewedSlide> OpenAsync(string name, string etag, long mostCopied, CancellationToken cancellationToken)
    {
        if (slides.TryGetValue((name, etag), out OpenedView? known) && (!known!.IsCopied || copies.Has(name, etag)))
        {
            return known.Slide;
        }

        var blob = storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(name);
        var properties = await blob.FindPropertiesAsync(cancellationToken);
        if (properties is null || properties.ETag.ToString() != etag)
        {
            throw new SlideChangedException(name, new RequestFailedException(StatusCodes.Status412PreconditionFailed, "The blob has another ETag."));
        }

        var source = new BlobRangeSource(blob, name, properties.ETag, properties.ContentLength);
        var opened = await OpenAsync(source, name, etag, mostCopied, cancellationToken);
        return slides.Set((name, etag), opened, new MemoryCacheEntryOptions { Size = opened.Slide.TableBytes + EntryBytes }).Slide;
    }

    /// <summary>A tile; null where the slide's pyramid has no such tile.</summary>
    /// <inheritdoc cref="OpenAsync(string, string, CancellationToken)" path="/exception"/>
    public Task<byte[]?> FindTileAsync(string name, string etag, int level, int column, int row, CancellationToken cancellationToken) =>
        PictureAsync(
            (name, etag, level, column, row),
            long.MaxValue,
            slide => slide.DrawTileAsync(level, column, row, decoders, cancellationToken),
            cancellationToken);

    /// <summary>The whole slide, at most 320 px wide or high.</summary>
    /// <inheritdoc cref="OpenAsync(string, string, CancellationToken)" path="/exception"/>
    public async Task<byte[]> ThumbnailAsync(string name, string etag, CancellationToken cancellationToken) =>
        (await PictureAsync(
            (name, etag, -1, 0, 0),
            MostBytesForThumbnail,
            async slide => await slide.DrawThumbnailAsync(ThumbnailSide, decoders, cancellationToken),
            cancellationToken))!;

    /// <inheritdoc/>
    public void Dispose()
    {
        slides.Dispose();
        pictures.Dispose();
    }

    private async Task<OpenedView> OpenAsync(BlobRangeSource source, string name, string etag, long mostCopied, CancellationToken cancellationToken)
    {
        var (parts, kind) = await Task.Run(() => (ViewedTiff.TryOpen(source, name, out var kind), kind), cancellationToken);
        if (parts is not null)
        {
            return new OpenedView(parts, IsCopied: false);
        }

        if (kind == ViewKind.Picture)
        {
            var pyramid = await CopyAsync((path, token) => decoders.MakePyramidAsync(source, name, path, token));
            return new OpenedView(ViewedTiff.TryOpen(new FileSource(pyramid), name, out _)!, IsCopied: true);
        }

        var copy = await CopyAsync((path, token) => Task.Run(() => source.CopyTo(path, token), token));
        return new OpenedView(await ViewedCopy.OpenAsync(copy, name, decoders, cancellationToken), IsCopied: true);

        async Task<string> CopyAsync(Func<string, CancellationToken, Task> make)
        {
            if (source.Length > mostCopied && !copies.Has(name, etag))
            {
                throw new SlideRefusedException(new SlideFailure(
                    FailureSteps.View,
                    "not-copied",
                    $"{name}: it would have to be copied for a thumbnail.",
                    "Look at it once: its copy then serves the thumbnail too."));
            }

            try
            {
                return await copies.GetAsync(name, etag, source.Length, make, cancellationToken);
            }
            catch (IOException exception)
            {
                var failure = new SlideFailure(
                    FailureSteps.View,
                    "scratch-space",
                    $"{name}: it can't be copied to be looked at: {exception.Message}",
                    "Free space on the machine, or set its TMPDIR to a larger disk. The result is not affected.");
                throw new SlideRefusedException(failure, exception);
            }
        }
    }

    private async Task<byte[]?> PictureAsync(
        (string Name, string Etag, int Level, int Column, int Row) key,
        long mostCopied,
        Func<ViewedSlide, Task<byte[]?>> draw,
        CancellationToken cancellationToken)
    {
        if (pictures.TryGetValue(key, out byte[]? known))
        {
            return known;
        }

        var picture = await draw(await OpenAsync(key.Name, key.Etag, mostCopied, cancellationToken));
        return picture is null ? null : pictures.Set(key, picture, new MemoryCacheEntryOptions { Size = picture.Length + EntryBytes });
    }

    private sealed record OpenedView(ViewedSlide Slide, bool IsCopied);

    private static MemoryCache Cache(long mostBytes) => new(new MemoryCacheOptions { SizeLimit = mostBytes });
}
