using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace IdcFunctions.Storage;

/// <summary>Blobs as they were read: written once, replaced and deleted only where nobody else was faster; not being there is a value.</summary>
public static class ReadBlobs
{
    /// <summary>Creates the blob; false where it was there already.</summary>
    public static Task<bool> TryCreateAsync(this BlobClient blob, BinaryData content, CancellationToken cancellationToken) =>
        TryWriteAsync(blob, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken);

    /// <summary>Replaces the blob; false where it is no longer the one that was read.</summary>
    public static Task<bool> TryReplaceAsync(this BlobClient blob, BinaryData content, ETag read, CancellationToken cancellationToken) =>
        TryWriteAsync(blob, content, new BlobRequestConditions { IfMatch = read }, cancellationToken);

    /// <summary>Deletes the blob and its snapshots; not where it is no longer the one that was read.</summary>
    public static async Task DeleteAsReadAsync(this BlobClient blob, ETag read, CancellationToken cancellationToken)
    {
        try
        {
            await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, new BlobRequestConditions { IfMatch = read }, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            // Other content by now.
        }
    }

    /// <summary>The blob's properties; null where it is not there.</summary>
    public static async Task<BlobProperties?> FindPropertiesAsync(this BlobClient blob, CancellationToken cancellationToken)
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

    /// <summary>The blob's content; null where it is not there.</summary>
    public static async Task<byte[]?> FindContentAsync(this BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The blob's content read as JSON; null where it is not there.</summary>
    /// <exception cref="JsonException">The content is no <typeparamref name="T"/>.</exception>
    public static async Task<T?> FindJsonAsync<T>(this BlobClient blob, JsonSerializerOptions options, CancellationToken cancellationToken)
        where T : class =>
        await blob.FindContentAsync(cancellationToken) is { } json
            ? JsonSerializer.Deserialize<T>(json, options) ?? throw new JsonException("It holds null.")
            : null;

    private static async Task<bool> TryWriteAsync(
        BlobClient blob, BinaryData content, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        try
        {
            await blob.UploadAsync(content, new BlobUploadOptions { Conditions = conditions }, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (StorageErrors.IsLostRace(exception))
        {
            return false;
        }
    }
}
