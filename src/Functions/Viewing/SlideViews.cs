using Azure;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Viewing;
using Microsoft.Extensions.Caching.Memory;

namespace IdcFunctions.Functions.Viewing;

/// <summary>
/// Slides that are being looked at: opened once for each content, with the pictures made of them. Both are kept in
/// bounded memory, the least recently used going first.
/// </summary>
public sealed class SlideViews(StorageClients storage, SlideDecoders decoders) : IDisposable
{
    private const int ThumbnailSide = 320;

    /// <summary>Bytes of the tables of open slides; one of 100,000 × 100,000 px takes 3 MB.</summary>
    private const long MostTableBytes = 128 << 20;

    /// <summary>Bytes of pictures; a tile takes 15 KB.</summary>
    private const long MostPictureBytes = 64 << 20;

    /// <summary>What a cached thing takes beside its bytes.</summary>
    private const int EntryBytes = 512;

    private readonly MemoryCache slides = Cache(MostTableBytes);
    private readonly MemoryCache pictures = Cache(MostPictureBytes);

    /// <summary>A slide's pyramid.</summary>
    /// <exception cref="SlideRefusedException">The slide can't be looked at by parts.</exception>
    /// <exception cref="SlideChangedException">Storage no longer holds this content.</exception>
    public async Task<ViewedSlide> OpenAsync(string name, string etag, CancellationToken cancellationToken)
    {
        if (slides.TryGetValue((name, etag), out ViewedSlide? known))
        {
            return known!;
        }

        var blob = storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(name);
        var properties = await blob.FindPropertiesAsync(cancellationToken);
        if (properties is null || properties.ETag.ToString() != etag)
        {
            throw new SlideChangedException(name, new RequestFailedException(StatusCodes.Status412PreconditionFailed, "The blob has another ETag."));
        }

        var source = new BlobRangeSource(blob, name, properties.ETag, properties.ContentLength);
        var opened = await Task.Run(() => ViewedSlide.Open(source, name), cancellationToken);
        return slides.Set((name, etag), opened, new MemoryCacheEntryOptions { Size = opened.TableBytes + EntryBytes });
    }

    /// <summary>A tile; null where the slide's pyramid has no such tile.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public Task<byte[]?> FindTileAsync(string name, string etag, int level, int column, int row, CancellationToken cancellationToken) =>
        PictureAsync((name, etag, level, column, row), slide => slide.DrawTileAsync(level, column, row, decoders, cancellationToken), cancellationToken);

    /// <summary>The whole slide, at most 320 px wide or high.</summary>
    /// <inheritdoc cref="OpenAsync" path="/exception"/>
    public async Task<byte[]> ThumbnailAsync(string name, string etag, CancellationToken cancellationToken) =>
        (await PictureAsync((name, etag, -1, 0, 0), async slide => await slide.DrawThumbnailAsync(ThumbnailSide, decoders, cancellationToken), cancellationToken))!;

    /// <inheritdoc/>
    public void Dispose()
    {
        slides.Dispose();
        pictures.Dispose();
    }

    private async Task<byte[]?> PictureAsync((string Name, string Etag, int Level, int Column, int Row) key, Func<ViewedSlide, Task<byte[]?>> draw, CancellationToken cancellationToken)
    {
        if (pictures.TryGetValue(key, out byte[]? known))
        {
            return known;
        }

        var picture = await draw(await OpenAsync(key.Name, key.Etag, cancellationToken));
        return picture is null ? null : pictures.Set(key, picture, new MemoryCacheEntryOptions { Size = picture.Length + EntryBytes });
    }

    private static MemoryCache Cache(long mostBytes) => new(new MemoryCacheOptions { SizeLimit = mostBytes });
}
