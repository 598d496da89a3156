using IdcFunctions.Functions.Runs;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions;

/// <summary>Queue <c>patch-batches-poison</c>: a batch could not be scored; the others stay.</summary>
public sealed class FailPoisonedBatch(PoisonedRuns poisoned)
{
    /// <summary>Handles one message.</summary>
    public Task RunAsync(string message, CancellationToken cancellationToken) =>
        poisoned.FailAsync(Queues.PatchBatches, FailureSteps.Score, message, cancellationToken);
}
