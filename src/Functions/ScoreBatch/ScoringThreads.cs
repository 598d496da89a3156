using System.Collections.Concurrent;
using System.Globalization;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Scoring;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>
/// The threads that call ONNX Runtime, as many as batches are scored at once. They do nothing else: a call takes a second,
/// and the thread pool serves storage meanwhile. Whoever waits here has its pixels in memory already, so that a thread
/// goes from one batch to the next without a pause.
/// </summary>
public sealed class ScoringThreads : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly List<Thread> threads;

    /// <summary>Starts the threads, named <c>scoring-0</c> and so on.</summary>
    public ScoringThreads(IOptions<WorkLimits> limits, IOptions<ScoringOptions> scoring)
    {
        var count = limits.Value.BatchesAtOnceOn(scoring.Value.Provider);
        threads = [.. Enumerable.Range(0, count).Select(number => new Thread(Work)
        {
            IsBackground = true,
            Name = string.Create(CultureInfo.InvariantCulture, $"scoring-{number}"),
        })];
        threads.ForEach(thread => thread.Start());
    }

    /// <summary>Batches scored at once.</summary>
    public int Count => threads.Count;

    /// <summary>Runs <paramref name="score"/> on one of the threads, in the order of the calls.</summary>
    public Task RunAsync(Action score, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(
            () =>
            {
                try
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    score();
                    done.SetResult();
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    done.SetCanceled(cancellationToken);
                }
#pragma warning disable CA1031 // It is thrown where the result is awaited.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    done.SetException(exception);
                }
            },
            cancellationToken);
        return done.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        work.CompleteAdding();
        threads.ForEach(thread => thread.Join());
        work.Dispose();
    }

    private void Work()
    {
        foreach (var score in work.GetConsumingEnumerable())
        {
            score();
        }
    }
}
