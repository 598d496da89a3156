namespace IdcFunctions.Tiling.Isolation;

/// <summary>How long a decoder has been at a request. It stands while the decoder waits for its parent. Safe for several threads.</summary>
internal sealed class DecoderClock(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly long started = time.GetTimestamp();
    private long? standingSince;
    private TimeSpan stood;

    /// <summary>Time since the request, waits included.</summary>
    public TimeSpan Total => time.GetElapsedTime(started);

    /// <summary>Time that the decoder itself has had.</summary>
    public TimeSpan OfDecoder
    {
        get
        {
            lock (gate)
            {
                return Total - stood - (standingSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);
            }
        }
    }

    /// <summary>The decoder waits.</summary>
    public void Stand()
    {
        lock (gate)
        {
            standingSince ??= time.GetTimestamp();
        }
    }

    /// <summary>The decoder goes on.</summary>
    public void GoOn()
    {
        lock (gate)
        {
            stood += standingSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
            standingSince = null;
        }
    }
}
