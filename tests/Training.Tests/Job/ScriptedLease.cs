using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>A lock's blob and its lease: each renewal does what the test says.</summary>
internal sealed class ScriptedLease : BlobLeaseClient
{
    /// <summary>What the renewal of this number, from 1, does.</summary>
    public required Func<int, CancellationToken, Task> OnRenewal { get; init; }

    /// <summary>Renewals that were asked for.</summary>
    public int Renewals { get; private set; }

    /// <summary>True where the lease was given back.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>The blob that is leased.</summary>
    public BlobClient Blob => new LeasedBlob(this);

    public override Task<Response<BlobLease>> AcquireAsync(TimeSpan duration, RequestConditions? conditions = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<Response<BlobLease>>(null!);

    public override async Task<Response<BlobLease>> RenewAsync(RequestConditions? conditions = null, CancellationToken cancellationToken = default)
    {
        await OnRenewal(++Renewals, cancellationToken);
        return null!;
    }

    public override Task<Response<ReleasedObjectInfo>> ReleaseAsync(RequestConditions? conditions = null, CancellationToken cancellationToken = default)
    {
        IsReleased = true;
        return Task.FromResult<Response<ReleasedObjectInfo>>(null!);
    }

    private sealed class LeasedBlob(BlobLeaseClient lease) : BlobClient
    {
        public override Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
            Task.FromResult<Response<BlobContentInfo>>(null!);

        protected override BlobLeaseClient GetBlobLeaseClientCore(string leaseId) => lease;
    }
}
