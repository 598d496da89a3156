namespace IdcFunctions.Training.Job;

/// <summary>
/// Does one thing again and again beside the training, until it is ended. Nothing that goes wrong in a try ends it
/// silently: each failure, also one of the sign-in or of the clients' own time limits, is handed over, and the next try
/// comes in its turn.
/// </summary>
public sealed class Repetition : IAsyncDisposable
{
    private readonly TimeSpan interval;
    private readonly TimeSpan limit;
    private readonly Func<CancellationToken, Task> act;
    private readonly Func<Exception, Task<bool>> goesOnAfter;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ending = new();
    private readonly Task repeating;

    /// <summary>Begins: the first try comes after one interval.</summary>
    /// <param name="interval">From the end of a try to the next.</param>
    /// <param name="limit">How long a try may take; the clients alone would go on trying for minutes.</param>
    /// <param name="act">The try.</param>
    /// <param name="goesOnAfter">Told what went wrong; false where no further try makes sense.</param>
    /// <param name="time">The clock.</param>
    public Repetition(TimeSpan interval, TimeSpan limit, Func<CancellationToken, Task> act, Func<Exception, Task<bool>> goesOnAfter, TimeProvider time)
    {
        this.interval = interval;
        this.limit = limit;
        this.act = act;
        this.goesOnAfter = goesOnAfter;
        this.time = time;
        repeating = Task.Run(RepeatAsync);
    }

    /// <summary>Ends it; a try at work is cancelled, and has ended when this returns.</summary>
    public async Task EndAsync()
    {
        await ending.CancelAsync();
        await repeating;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        ending.Dispose();
    }

    private async Task RepeatAsync()
    {
        do
        {
            await Task.Delay(interval, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!ending.IsCancellationRequested && await TryAsync());
    }

    private async Task<bool> TryAsync()
    {
        try
        {
            using var late = new CancellationTokenSource(limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ending.Token);
            await act(either.Token);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the next try may succeed; what a failure means is the caller's to say.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return !ending.IsCancellationRequested && await goesOnAfter(exception);
        }
    }
}
