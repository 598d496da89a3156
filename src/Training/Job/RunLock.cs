using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IdcFunctions.Storage;

namespace IdcFunctions.Training.Job;

/// <summary>The lease on a run's <c>lock</c>, renewed while it is held: it keeps a second trainer away.</summary>
public sealed class RunLock : IAsyncDisposable
{
    /// <summary>Share of the lease after which it counts as lost unless it was renewed; what is left of it is there to stop in.</summary>
    private const double LostAfter = 0.75;

    private readonly BlobLeaseClient lease;
    private readonly TimeSpan duration;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource lost;
    private readonly Repetition renewing;

    private RunLock(BlobLeaseClient lease, TimeSpan duration, TimeProvider time, long asked)
    {
        this.lease = lease;
        this.duration = duration;
        this.time = time;
        lost = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        HoldFrom(asked);
        renewing = new Repetition(duration / 4, duration / 4, RenewAsync, GoesOnAfterAsync, time);
    }

    /// <summary>Cancelled before the lease can be another's: nothing may be written from then on.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Takes the lock; null where another trainer holds it.</summary>
    public static async Task<RunLock?> TryTakeAsync(BlobClient blob, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        await blob.TryCreateAsync(BinaryData.Empty, cancellationToken);
        var lease = blob.GetBlobLeaseClient();
        try
        {
            var asked = time.GetTimestamp();
            await lease.AcquireAsync(duration, cancellationToken: cancellationToken);
            return new RunLock(lease, duration, time, asked);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        await renewing.DisposeAsync();
        try
        {
            using var limit = new CancellationTokenSource(duration / 4, time);
            await lease.ReleaseAsync(cancellationToken: limit.Token);
        }
#pragma warning disable CA1031 // Not given back, it ends by itself; another's is not touched, since it has another id.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        lost.Dispose();
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await lease.RenewAsync(cancellationToken: cancellationToken);
        HoldFrom(asked);
    }

    /// <summary>A timer ends the lock, so that no request that hangs can. Storage may count from the moment of the request, so this does.</summary>
    private void HoldFrom(long asked)
    {
        var left = (duration * LostAfter) - time.GetElapsedTime(asked);
        lost.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>404 and 409 are final; else storage may answer again before the timer ends.</summary>
    private async Task<bool> GoesOnAfterAsync(Exception exception)
    {
        if (exception is RequestFailedException { Status: 404 or 409 })
        {
            await lost.CancelAsync();
        }

        return !lost.IsCancellationRequested;
    }
}
