using System.Diagnostics.Metrics;
using IdcFunctions.Functions.Storage;

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
    private readonly Histogram<double> runCost;

    /// <summary>Makes the instruments.</summary>
    public SlideMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        patchesScored = meter.CreateCounter<long>("idc.patches.scored", "{patch}", "Patches scored, by provider.");
        scoringFallback = meter.CreateGauge<int>(
            "idc.scoring.fallback", null, "1 where patches are scored on another provider than the one asked for.");
        runDuration = meter.CreateHistogram<double>("idc.run.duration", "s", "From a slide's last write in storage to its result.");
        runsFailed = meter.CreateCounter<long>("idc.runs.failed", "{run}", "Runs that failed, by step and reason.");
        queueLength = meter.CreateGauge<int>("idc.queue.length", "{message}", "Messages in a queue, about.");
        queueAge = meter.CreateGauge<double>("idc.queue.age", "s", "Since the message in front of a queue was sent.");
        queuePoisoned = meter.CreateGauge<int>("idc.queue.poisoned", "{message}", "Messages in a poison queue.");
        runCost = meter.CreateHistogram<double>("idc.run.cost", null, "What a slide's run cost by the prices of the options, in their currency.");
    }

    /// <summary>A batch was scored.</summary>
    public void BatchScored(int patches, string provider, bool isFallback)
    {
        patchesScored.Add(patches, new KeyValuePair<string, object?>("provider", provider));
        scoringFallback.Record(isFallback ? 1 : 0);
    }

    /// <summary>A run was published.</summary>
    /// <param name="seconds">From the slide's last write to its result.</param>
    /// <param name="cost">What it cost; null where no price is given.</param>
    public void RunPublished(double seconds, double? cost)
    {
        runDuration.Record(seconds);
        if (cost is { } spent)
        {
            runCost.Record(spent);
        }
    }

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

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
