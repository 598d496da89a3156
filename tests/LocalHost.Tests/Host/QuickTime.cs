namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A clock that runs ten times as fast as the system's: what waits ten seconds waits one.</summary>
internal sealed class QuickTime : TimeProvider
{
    private const int Factor = 10;
    private readonly DateTimeOffset started = System.GetUtcNow();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => started + (Factor * (System.GetUtcNow() - started));

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    private static TimeSpan Shorter(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Factor;
}
