using System.Diagnostics.Metrics;
using IdcFunctions.Functions.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace IdcFunctions.Functions.Tests.Telemetry;

/// <summary>The app's metrics, and what was measured of them.</summary>
public sealed class MeasuredMetrics : IDisposable
{
    private readonly ServiceProvider services;
    private readonly MeterListener listener = new();

    /// <summary>Starts listening.</summary>
    public MeasuredMetrics()
    {
        services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, one) =>
        {
            // Tests run side by side: only the meter of this factory.
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                one.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        Metrics = new SlideMetrics(meters);
    }

    /// <summary>The metrics.</summary>
    public SlideMetrics Metrics { get; }

    /// <summary>Each measurement: instrument, value, tags as <c>name=value</c>.</summary>
    public List<(string Instrument, double Value, string Tags)> Measured { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        listener.Dispose();
        Metrics.Dispose();
        services.Dispose();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Measured.Add((instrument.Name, value, string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
}
