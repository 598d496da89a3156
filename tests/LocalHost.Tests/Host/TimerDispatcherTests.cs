using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.LocalHost.Tests.Host;

public sealed class TimerDispatcherTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 15, 47, 30, TimeSpan.Zero);

    [Fact]
    public async Task A_timer_fires_at_start_and_then_at_its_times_with_its_status()
    {
        var time = new FakeTimeProvider(Start);
        await using var timer = await RunningTimer.StartAsync("0 * * * * *", runsOnStartup: true, time);
        await timer.FiredAsync(1);

        await timer.AdvanceAsync(TimeSpan.FromSeconds(30), 2);
        await timer.AdvanceAsync(TimeSpan.FromMinutes(1), 3);

        Assert.Equal(
            [
                "0001-01-01T00:00:00+00:00 2026-11-23T15:48:00+00:00",
                "2026-11-23T15:47:30+00:00 2026-11-23T15:48:00+00:00",
                "2026-11-23T15:48:00+00:00 2026-11-23T15:49:00+00:00",
            ],
            timer.App.Calls.Select(call => call.Value.GetProperty("ScheduleStatus")).Select(status => $"{status.GetProperty("Last")} {status.GetProperty("Next")}"));
    }

    [Fact]
    public async Task A_timer_that_wakes_a_moment_early_fires_once()
    {
        var time = new EarlyTime(Start);
        await using var timer = await RunningTimer.StartAsync("0 * * * * *", runsOnStartup: false, time);

        await timer.AdvanceAsync(TimeSpan.FromSeconds(30), 1);
        await timer.AdvanceAsync(TimeSpan.FromMinutes(1), 2);

        // The second run knows of one before it, at its time; had the first come early, that one would have come again.
        Assert.Equal(
            ["0001-01-01T00:00:00+00:00 2026-11-23T15:48:00+00:00", "2026-11-23T15:48:00+00:00 2026-11-23T15:49:00+00:00"],
            timer.App.Calls.Select(call => call.Value.GetProperty("ScheduleStatus")).Select(status => $"{status.GetProperty("Last")} {status.GetProperty("Next")}"));
    }

    [Fact]
    public async Task A_failed_run_is_not_repeated_and_the_next_time_fires_also_years_ahead()
    {
        var time = new FakeTimeProvider(Start);
        await using var timer = await RunningTimer.StartAsync("0 0 0 1 1 *", runsOnStartup: true, time, binding: "fails");
        await timer.App.LogsAsync("Timer tick failed; it fires again at its next time.");

        Assert.Equal(1, timer.App.LogText.Split("Timer tick failed").Length - 1);
        Assert.False(timer.HasEnded);
    }
}
