using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Attempts at the steps of runs. Why it failed is written down before the answer; what storage or a GPU that is gone is to
/// blame for ends it without an error and is left to the sweep, so that no outage, however long, brings a message into the
/// poison queue.
/// </summary>
public sealed partial class StepRunner(AttemptLog attempts, SlideRefs refs, ILogger<StepRunner> logger)
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="run">The run.</param>
    /// <param name="step">The step, one of <see cref="FailureSteps"/>.</param>
    /// <param name="batch">The batch's number; 0 for steps of the whole run.</param>
    /// <param name="work">The work, everything that it reads included.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RunAsync(SlideId slide, RunId run, string step, int batch, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await RecordAsync(slide, run, step, batch, exception, cancellationToken);
            if (!StorageErrors.IsTransient(exception) && exception is not GpuRequiredException)
            {
                throw;
            }

            Log.Postponed(logger, step, refs.Of(slide), run, batch, exception.Message);
        }
    }

    /// <summary>Writes the reason down where storage takes it: the table may be what does not answer.</summary>
    private async Task RecordAsync(SlideId slide, RunId run, string step, int batch, Exception reason, CancellationToken cancellationToken)
    {
        try
        {
            await attempts.RecordAsync(slide, run, step, batch, reason, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && StorageErrors.IsTransient(exception))
        {
            Log.NotRecorded(logger, step, refs.Of(slide), run, batch, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Step {Step} of {Slide} {Run}, batch {Batch}, is left to the sweep: {Reason}")]
        public static partial void Postponed(ILogger logger, string step, string slide, RunId run, int batch, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Why step {Step} of {Slide} {Run}, batch {Batch}, failed could not be written down: {Reason}")]
        public static partial void NotRecorded(ILogger logger, string step, string slide, RunId run, int batch, string reason);
    }
}
