using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// What the three functions on the poison queues share: fail the run that the message names, with the last reason that
/// was written down. It never throws for what a message says; what it can't read it keeps.
/// </summary>
public sealed partial class PoisonedRuns(
    RunLedger ledger, RunDecider decider, PatchTable patches, AttemptLog attempts, MessageQueues queues, SlideRefs refs, ILogger<PoisonedRuns> logger)
{
    /// <summary>Fails the run of a poisoned message.</summary>
    /// <param name="queue">The queue that it was poisoned in.</param>
    /// <param name="step">The step that queue drives.</param>
    /// <param name="message">Its text.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task FailAsync(string queue, string step, string message, CancellationToken cancellationToken)
    {
        switch (QueueMessages.Read(message))
        {
            case QueueMessage.OfRun of:
                await FailRunAsync(of.Slide, of.Run, step, of.Batch, cancellationToken);
                break;
            case QueueMessage.SlideEvent uploaded:
                if (await decider.FindUploadRunAsync(uploaded.Name, cancellationToken) is { } decided)
                {
                    await FailRunAsync(SlideId.FromName(uploaded.Name), decided, step, null, cancellationToken);
                }
                else
                {
                    await queues.KeepUnreadableAsync(queue, message, cancellationToken);
                    await decider.RefuseAsync(uploaded.Name, NeverDecided(uploaded.Name), cancellationToken);
                }

                break;
            case QueueMessage.Newer:
                // The program that can read it fails its run: back into this queue, not to where it was poisoned.
                await queues.PutBackAsync(queue + Queues.PoisonSuffix, message, cancellationToken);
                break;
            default:
                await queues.KeepUnreadableAsync(queue, message, cancellationToken);
                break;
        }
    }

    private static SlideFailure NeverDecided(string name) => new(
        FailureSteps.Upload,
        "upload-failed",
        $"{name}: no run could be decided for it; each attempt ended with an error that stands in the log.",
        "Retry the slide. If it fails again, report what the log says.");

    private async Task FailRunAsync(SlideId slide, RunId run, string step, int? batch, CancellationToken cancellationToken)
    {
        if (batch is { } number && await patches.HasBatchAsync(slide, run, number, cancellationToken))
        {
            return;
        }

        var attempted = await attempts.FindAsync(slide, run, step, batch ?? 0, cancellationToken);
        var what = batch is not null ? $"Batch {batch} could not be scored" : $"The step '{step}' did not succeed";
        var why = attempted?.Reason ?? "each attempt ended without an answer: the process was ended, or the message never reached it";
        var failure = new SlideFailure(
            step,
            $"{step}-failed",
            $"{what} in {attempted?.Attempts ?? 0} attempts; the last reason: {why}.",
            "Retry the slide: what is finished is kept. If it fails again, report the reason.");
        if (await ledger.FailAsync(slide, run, RunActor.FailPoisoned, failure, cancellationToken))
        {
            Log.Failed(logger, refs.Of(slide), run, step);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Run {Run} of {Slide} failed at step {Step}: its message was delivered too often")]
        public static partial void Failed(ILogger logger, string slide, RunId run, string step);
    }
}
