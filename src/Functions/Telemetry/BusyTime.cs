namespace IdcFunctions.Functions.Telemetry;

/// <summary>How long at least one call was at work: of calls at the same time each second counts once.</summary>
public sealed class BusyTime(TimeProvider time)
{
    private readonly Lock gate = new();
    private int working;
    private long countedUpTo;

    /// <summary>A call begins.</summary>
    public void Begin()
    {
        lock (gate)
        {
            if (working++ == 0)
            {
                countedUpTo = time.GetTimestamp();
            }
        }
    }

    /// <summary>A call ends.</summary>
    /// <returns>The busy time since the call that ended before, or since all was idle.</returns>
    public TimeSpan End()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(countedUpTo, now);
            countedUpTo = now;
            working--;
            return elapsed;
        }
    }
}
