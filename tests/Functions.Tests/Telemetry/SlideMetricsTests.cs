using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Functions.Tests.Telemetry;

public sealed class SlideMetricsTests
{
    [Fact]
    public void Of_calls_at_the_same_time_each_second_counts_once()
    {
        var time = new FakeTimeProvider();
        var busy = new BusyTime(time);
        var total = TimeSpan.Zero;

        busy.Begin();
        time.Advance(TimeSpan.FromSeconds(2));
        busy.Begin();
        time.Advance(TimeSpan.FromSeconds(3));
        total += busy.End();
        time.Advance(TimeSpan.FromSeconds(4));
        total += busy.End();
        time.Advance(TimeSpan.FromHours(1));
        busy.Begin();
        time.Advance(TimeSpan.FromSeconds(1));
        total += busy.End();

        Assert.Equal(TimeSpan.FromSeconds(10), total);
    }

    [Fact]
    public void Busy_time_costs_the_replicas_price()
    {
        var time = new FakeTimeProvider();
        using var measured = new MeasuredMetrics(time, pricePerHour: 3.6);

        using (measured.Metrics.Working())
        {
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(("idc.cost", 0.005, ""), Assert.Single(measured.Measured, one => one.Instrument == "idc.cost"));
    }

    [Fact]
    public void Without_a_price_no_cost_is_told()
    {
        using var measured = new MeasuredMetrics();

        measured.Metrics.Working().Dispose();

        Assert.Empty(measured.Measured);
    }

    [Fact]
    public void A_poison_queue_has_a_number_of_its_own()
    {
        using var measured = new MeasuredMetrics();

        measured.Metrics.QueueSeen(new QueueState("patch-batches", 3, 61.5));
        measured.Metrics.QueueSeen(new QueueState("patch-batches-poison", 1, 5));

        Assert.Equal(
            [("idc.queue.length", 3, "queue=patch-batches"), ("idc.queue.age", 61.5, "queue=patch-batches"), ("idc.queue.poisoned", 1, "queue=patch-batches-poison")],
            measured.Measured);
    }

    [Fact]
    public void Scoring_tells_its_provider_and_whether_it_is_the_one_asked_for()
    {
        using var measured = new MeasuredMetrics();

        measured.Metrics.BatchScored(256, "CPU", isFallback: true);

        Assert.Equal([("idc.patches.scored", 256, "provider=CPU"), ("idc.scoring.fallback", 1, "")], measured.Measured);
    }
}
