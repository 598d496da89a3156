using System.Collections.Concurrent;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Training;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>Training runs that no trainer was told of: whoever kept the request died before it sent the message.</summary>
public sealed partial class QueuedTrainings(
    TrainingRuns runs, MessageQueues queues, IOptions<SweepOptions> options, TimeProvider time, ILogger<QueuedTrainings> logger)
{
    /// <summary>Runs that need not be looked at again: what has begun or was cancelled stays so.</summary>
    private readonly ConcurrentDictionary<string, bool> settled = [];

    /// <summary>
    /// Sends their messages again. To be called while none waits or is worked on: a run whose message does is only waiting
    /// its turn. A doubled one is harmless, since the run's lock and its state are looked at first.
    /// </summary>
    public async Task SendLostAsync(CancellationToken cancellationToken)
    {
        // Whoever asked for a younger one may be about to send its message.
        var askedBefore = time.GetUtcNow() - (2 * options.Value.Lease);
        foreach (var id in await runs.ListAsync(cancellationToken))
        {
            if (settled.ContainsKey(id.Value))
            {
                continue;
            }

            if (await runs.HasBegunOrWasCancelledAsync(id, cancellationToken))
            {
                settled.TryAdd(id.Value, true);
            }
            else if (await runs.WasAskedForBeforeAsync(id, askedBefore, cancellationToken))
            {
                await queues.SendTrainAsync(id, cancellationToken);
                Log.SentAgain(logger, id);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Training run {Run} waits and no message does; sent on its way again")]
        public static partial void SentAgain(ILogger logger, TrainingRunId run);
    }
}
