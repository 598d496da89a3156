using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IdcFunctions.Storage;

namespace IdcFunctions.Training.Job;

/// <summary>The lease on a run's <c>lock</c>, renewed while it is held: it keeps a second trainer away.</summary>
public sealed class RunLock : IAsyncDisposable
{
    private readonly BlobLeaseClient lease;
    private readonly TimeSpan duration;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Task renewing;

    private RunLock(BlobLeaseClient lease, TimeSpan duration, TimeProvider time)
    {
        this.lease = lease;
        this.duration = duration;
        this.time = time;
        renewing = Task.Run(RenewAsync);
    }

    /// <summary>Cancelled when the lease is no longer ours: another trainer may be at work.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Takes the lock; null where another trainer holds it.</summary>
    public static async Task<RunLock?> TryTakeAsync(BlobClient blob, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        await blob.TryCreateAsync(BinaryData.Empty, cancellationToken);
        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(duration, cancellationToken: cancellationToken);
            return new RunLock(lease, duration, time);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
        {
            return null;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await renewing;
        if (!lost.IsCancellationRequested)
        {
            try
            {
                await lease.ReleaseAsync(cancellationToken: CancellationToken.None);
            }
            catch (RequestFailedException)
            {
                // It ends by itself.
            }
        }

        ending.Dispose();
        lost.Dispose();
    }

    private async Task RenewAsync()
    {
        var renewed = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(duration / 4, time, ending.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (ending.IsCancellationRequested)
            {
                return;
            }

            try
            {
                using var limit = new CancellationTokenSource(duration / 4, time);
                await lease.RenewAsync(cancellationToken: limit.Token);
                renewed = time.GetTimestamp();
            }
            catch (Exception exception) when (exception is RequestFailedException or OperationCanceledException or AggregateException)
            {
                // 409 and 404 are final; else storage may answer again before the lease ends.
                if (exception is RequestFailedException { Status: 404 or 409 } || time.GetElapsedTime(renewed) > duration * 0.75)
                {
                    await lost.CancelAsync();
                    return;
                }
            }
        }
    }
}
