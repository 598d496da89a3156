namespace IdcFunctions.LocalHost.Host;

/// <summary>Fires one timer: runs never overlap, a failed one is not repeated, the next is counted from now.</summary>
public sealed class TimerDispatcher(TimerTrigger trigger, FunctionInvoker invoker, TimeProvider time, HostLog log)
{
    /// <summary>Fires until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        DateTimeOffset? last = null;
        var fires = trigger.RunsOnStartup;
        try
        {
            while (true)
            {
                var now = time.GetUtcNow();
                var next = new DateTimeOffset(trigger.Schedule.GetNextOccurrence(now.UtcDateTime), TimeSpan.Zero);
                if (fires)
                {
                    if (!await invoker.InvokeAsync(trigger.Function, InvocationEnvelope.OfTimer(trigger, last, next, now), stopping))
                    {
                        log.Write($"Timer {trigger.Function} failed; it fires again at its next time.");
                    }

                    last = now;
                    now = time.GetUtcNow();
                    next = new DateTimeOffset(trigger.Schedule.GetNextOccurrence(now.UtcDateTime), TimeSpan.Zero);
                }

                await Task.Delay(next - now, time, stopping);
                fires = true;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (HandlerFailedException)
        {
            // The host ends for that reason and says so.
        }
    }
}
