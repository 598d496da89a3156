namespace IdcFunctions.LocalHost.Host;

/// <summary>Fires one timer: runs never overlap, a failed one is not repeated, the next is counted from now.</summary>
public sealed class TimerDispatcher(TimerTrigger trigger, FunctionInvoker invoker, TimeProvider time, HostLog log)
{
    /// <summary>Delays have a limit of 49 days.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Fires until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        DateTimeOffset? last = null;
        var next = trigger.NextAfter(time.GetUtcNow());
        try
        {
            if (trigger.RunsOnStartup)
            {
                await FireAsync();
                next = trigger.NextAfter(time.GetUtcNow());
            }

            while (true)
            {
                await WaitAsync();
                await FireAsync();
                next = trigger.NextAfter(Later(next, time.GetUtcNow()));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (HandlerFailedException)
        {
            // The host ends for that reason and says so.
        }

        async Task WaitAsync()
        {
            // Timers may wake a moment early; without this, a time of the schedule would fire twice.
            while (next - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping);
            }
        }

        async Task FireAsync()
        {
            var now = time.GetUtcNow();
            if (!await invoker.InvokeAsync(trigger.Function, InvocationEnvelope.OfTimer(trigger, last, next, now), stopping))
            {
                log.Write($"Timer {trigger.Function} failed; it fires again at its next time.");
            }

            last = now;
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
