using IdcFunctions.Functions.Runs;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions;

/// <summary>Queue <c>slide-uploads-poison</c>: the slide's run could not be planned or cut.</summary>
public sealed class FailPoisonedUpload(PoisonedRuns poisoned)
{
    /// <summary>Handles one message.</summary>
    public Task RunAsync(string message, CancellationToken cancellationToken) =>
        poisoned.FailAsync(Queues.SlideUploads, FailureSteps.Tile, message, cancellationToken);
}
