using Azure.Storage.Queues;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>Rescores that wait behind new uploads: let go, oldest first, while the queues are short.</summary>
public sealed class WaitingRuns(
    StorageClients storage,
    SlideTable slides,
    RunLedger ledger,
    OpenRuns openRuns,
    MessageQueues queues,
    IOptions<SweepOptions> options,
    TimeProvider time)
{
    /// <summary>How often the queues are looked at again: what was let go last takes longer.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    /// <summary>Lets go as many as the queues have room for, and more as they get shorter.</summary>
    /// <param name="goesOnFor">How long more are let go; zero to do it once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task ReleaseAsync(TimeSpan goesOnFor, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var room = await RoomAsync(cancellationToken);
        if (room <= 0)
        {
            return;
        }

        var found = await openRuns.WaitingAsync(cancellationToken).ToListAsync(cancellationToken);
        var waiting = new Queue<WaitingRun>(found.OrderBy(static run => run.Since));
        while (true)
        {
            while (room > 0 && waiting.TryDequeue(out var next))
            {
                room -= await TryReleaseAsync(next, cancellationToken) ? 1 : 0;
            }

            if (waiting.Count == 0 || time.GetElapsedTime(started) + LookInterval > goesOnFor)
            {
                return;
            }

            await Task.Delay(LookInterval, time, cancellationToken);
            room = await RoomAsync(cancellationToken);
        }
    }

    private async Task<bool> TryReleaseAsync(WaitingRun waiting, CancellationToken cancellationToken)
    {
        var (slide, run) = (waiting.Slide, waiting.Run);
        if (SlideRow.IsWanted(await slides.FindAsync(slide, cancellationToken), run)
            && await ledger.AdvanceAsync(slide, run, RunState.Tiling, RunActor.SweepRuns, static _ => { }, cancellationToken))
        {
            await queues.SendTileAsync(slide, run, cancellationToken);
            return true;
        }

        // Its slide may be about to want it. One that nobody has wanted for long is the sweep's, as any other open run.
        if (waiting.Added < time.GetUtcNow() - options.Value.Unattended)
        {
            await openRuns.AddAsync(slide, run, null, cancellationToken);
        }

        return false;
    }

    private async Task<int> RoomAsync(CancellationToken cancellationToken)
    {
        var most = options.Value.ReleasedAtOnce;
        var uploads = await CountAsync(Queues.SlideUploads, cancellationToken);
        var batches = await CountAsync(Queues.PatchBatches, cancellationToken);
        return most - Math.Max(uploads, batches);
    }

    private async Task<int> CountAsync(string queue, CancellationToken cancellationToken)
    {
        QueueClient client = storage.Queues.GetQueueClient(queue);
        return (await client.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
    }
}
