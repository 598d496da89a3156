using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>The fan-in: by presence of the batches' rows, not by counting messages.</summary>
public sealed class RunFinish(PatchTable patches, MessageQueues queues)
{
    /// <summary>Sends the run to be completed where every planned batch has its row; safe to call at any time.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="run">The run.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="batch">
    /// The batch whose row the caller has written: of those that end together only the last written one's sends, since
    /// its writer is sure to see all others. Null to send in any case.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task TryFinishAsync(SlideId slide, RunId run, TilingPlan plan, int? batch, CancellationToken cancellationToken)
    {
        var finished = await patches.FinishedBatchesAsync(slide, run, cancellationToken);
        if (finished.Count == plan.Batches
            && (batch is not { } own || finished.MaxBy(row => (row.Timestamp, row.RowKey))?.RowKey == TableKeys.BatchRow(own)))
        {
            await queues.SendCompleteAsync(slide, run, cancellationToken);
        }
    }
}
