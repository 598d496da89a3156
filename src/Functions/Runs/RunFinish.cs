using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Runs;

/// <summary>The fan-in: by presence of the batches' rows, not by counting messages.</summary>
public sealed class RunFinish(PatchTable patches, MessageQueues queues)
{
    /// <summary>Sends the run to be completed where every planned batch has its row; safe to call at any time.</summary>
    public async Task TryFinishAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var finished = await patches.FinishedBatchesAsync(slide, run, cancellationToken);
        if (finished.Count == plan.Batches)
        {
            await queues.SendCompleteAsync(slide, run, cancellationToken);
        }
    }
}
