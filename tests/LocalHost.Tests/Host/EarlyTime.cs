using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A clock of a test whose long timers wake two milliseconds early, as the system's may.</summary>
internal sealed class EarlyTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(2);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > Early ? dueTime - Early : dueTime, period);
}
