using IdcFunctions.Functions.Storage;

namespace IdcFunctions.Functions.Tests.Telemetry;

public sealed class SlideMetricsTests
{
    [Fact]
    public void A_published_run_tells_its_time_and_where_prices_are_given_its_cost()
    {
        using var measured = new MeasuredMetrics();

        measured.Metrics.RunPublished(12.5, 0.004);
        measured.Metrics.RunPublished(3, null);

        Assert.Equal([("idc.run.duration", 12.5, ""), ("idc.run.cost", 0.004, ""), ("idc.run.duration", 3, "")], measured.Measured);
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
