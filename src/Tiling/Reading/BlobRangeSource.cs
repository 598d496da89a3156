using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IdcFunctions.Slides;

namespace IdcFunctions.Tiling.Reading;

/// <summary>A slide in blob storage, pinned to one ETag: each ranged GET carries If-Match.</summary>
/// <param name="blob">The blob.</param>
/// <param name="name">The slide's name, for errors.</param>
/// <param name="etag">The content that the run was decided for.</param>
/// <param name="length">Its length in bytes.</param>
public sealed class BlobRangeSource(BlobBaseClient blob, string name, ETag etag, long length) : IRangeSource
{
    private long bytesRead;
    private int gets;

    /// <inheritdoc/>
    public long Length => length;

    /// <summary>Bytes fetched so far.</summary>
    public long BytesRead => Interlocked.Read(ref bytesRead);

    /// <summary>Requests so far.</summary>
    public int Gets => Volatile.Read(ref gets);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        try
        {
            var options = new BlobDownloadOptions
            {
                Range = new HttpRange(offset, buffer.Length),
                Conditions = new BlobRequestConditions { IfMatch = etag },
            };
            using var answer = blob.DownloadStreaming(options).Value;
            answer.Content.ReadExactly(buffer);
            Interlocked.Add(ref bytesRead, buffer.Length);
            Interlocked.Increment(ref gets);
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            throw new SlideChangedException(name, exception);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobArchived)
        {
            throw SlideFailures.Archived(name, FailureSteps.Tile, exception);
        }
    }
}
