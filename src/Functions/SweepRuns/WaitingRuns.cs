using Azure.Storage.Queues;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>Rescores that wait behind new uploads: let go, oldest first, while the queues are short.</summary>
public sealed class WaitingRuns(StorageClients storage, RunLedger ledger, OpenRuns openRuns, MessageQueues queues, IOptions<SweepOptions> options)
{
    /// <summary>Lets go as many as the queues have room for.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var room = options.Value.ReleasedAtOnce - Math.Max(await CountAsync(Queues.SlideUploads, cancellationToken), await CountAsync(Queues.PatchBatches, cancellationToken));
        if (room <= 0)
        {
            return;
        }

        foreach (var (slide, run, _) in (await ListAsync(cancellationToken)).OrderBy(waiting => waiting.Decided).Take(room))
        {
            if (await ledger.AdvanceAsync(slide, run, RunState.Tiling, RunActor.SweepRuns, static _ => { }, cancellationToken))
            {
                await queues.SendTileAsync(slide, run, cancellationToken);
            }
        }
    }

    private async Task<List<(SlideId Slide, RunId Run, DateTimeOffset Decided)>> ListAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<(SlideId, RunId, DateTimeOffset)>();
        await foreach (var (slide, run) in openRuns.ListAsync(DateTimeOffset.MaxValue, cancellationToken))
        {
            if (await ledger.FindRunAsync(slide, run, cancellationToken) is { State: nameof(RunState.Waiting) } row)
            {
                waiting.Add((slide, run, row.Decided));
            }
        }

        return waiting;
    }

    private async Task<int> CountAsync(string queue, CancellationToken cancellationToken)
    {
        QueueClient client = storage.Queues.GetQueueClient(queue);
        return (await client.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
    }
}
