using System.Diagnostics.Metrics;
using IdcFunctions.Functions.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Telemetry;

/// <summary>What the app tells of its work as metrics. Alerts and the workbook of infra/bicep read them by these names; none names a slide.</summary>
public sealed class SlideMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "IdcFunctions";

    private readonly Meter meter;
    private readonly Counter<long> patchesScored;
    private readonly Gauge<int> scoringFallback;
    private readonly Histogram<double> runDuration;
    private readonly Counter<long> runsFailed;
    private readonly Gauge<int> queueLength;
    private readonly Gauge<double> queueAge;
    private readonly Gauge<int> queuePoisoned;
    private readonly Counter<double> cost;
    private readonly double pricePerSecond;
    private readonly BusyTime busy;

    /// <summary>Makes the instruments.</summary>
    public SlideMetrics(IMeterFactory meters, IOptions<TelemetryOptions> options, TimeProvider time)
    {
        meter = meters.Create(MeterName);
        patchesScored = meter.CreateCounter<long>("idc.patches.scored", "{patch}", "Patches scored, by provider.");
        scoringFallback = meter.CreateGauge<int>("idc.scoring.fallback", null, "1 where patches are scored on another provider than the one asked for.");
        runDuration = meter.CreateHistogram<double>("idc.run.duration", "s", "From a slide's last write in storage to its result.");
        runsFailed = meter.CreateCounter<long>("idc.runs.failed", "{run}", "Runs that failed, by step and reason.");
        queueLength = meter.CreateGauge<int>("idc.queue.length", "{message}", "Messages in a queue, about.");
        queueAge = meter.CreateGauge<double>("idc.queue.age", "s", "Since the message in front of a queue was sent.");
        queuePoisoned = meter.CreateGauge<int>("idc.queue.poisoned", "{message}", "Messages in a poison queue.");
        cost = meter.CreateCounter<double>("idc.cost", null, "What the replica's busy time has cost, in the currency of its price.");
        pricePerSecond = options.Value.PricePerHour / 3600;
        busy = new BusyTime(time);
    }

    /// <summary>A batch was scored.</summary>
    public void BatchScored(int patches, string provider, bool isFallback)
    {
        patchesScored.Add(patches, new KeyValuePair<string, object?>("provider", provider));
        scoringFallback.Record(isFallback ? 1 : 0);
    }

    /// <summary>A run was published.</summary>
    public void RunPublished(double seconds) => runDuration.Record(seconds);

    /// <summary>A run failed.</summary>
    public void RunFailed(string step, string code) =>
        runsFailed.Add(1, new KeyValuePair<string, object?>("step", step), new KeyValuePair<string, object?>("code", code));

    /// <summary>A queue was looked at.</summary>
    public void QueueSeen(QueueState queue)
    {
        var tag = new KeyValuePair<string, object?>("queue", queue.Name);
        if (queue.IsPoison)
        {
            queuePoisoned.Record(queue.Messages, tag);
        }
        else
        {
            queueLength.Record(queue.Messages, tag);
            queueAge.Record(queue.OldestSeconds, tag);
        }
    }

    /// <summary>A function begins to work; disposed, it has ended. Of calls at the same time the replica's time counts once.</summary>
    public IDisposable Working() => new Work(this);

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private void Spend(TimeSpan time)
    {
        if (pricePerSecond > 0)
        {
            cost.Add(time.TotalSeconds * pricePerSecond);
        }
    }

    private sealed class Work : IDisposable
    {
        private readonly SlideMetrics metrics;

        public Work(SlideMetrics metrics)
        {
            this.metrics = metrics;
            metrics.busy.Begin();
        }

        public void Dispose() => metrics.Spend(metrics.busy.End());
    }
}
