using IdcFunctions.Functions.Runs;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions;

/// <summary>Queue <c>finished-runs-poison</c>: a run could not be completed; its scores stay.</summary>
public sealed class FailPoisonedCompletion(PoisonedRuns poisoned)
{
    /// <summary>Handles one message.</summary>
    public Task RunAsync(string message, CancellationToken cancellationToken) =>
        poisoned.FailAsync(Queues.FinishedRuns, FailureSteps.Complete, message, cancellationToken);
}
