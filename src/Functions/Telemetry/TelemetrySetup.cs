using Azure.Monitor.OpenTelemetry.Exporter;
using OpenTelemetry.Resources;

namespace IdcFunctions.Functions.Telemetry;

/// <summary>
/// Metrics, traces and logs to Azure Monitor, signed in as the app's identity; where no connection string is given, they
/// go nowhere.
/// </summary>
public static class TelemetrySetup
{
    /// <summary>Adds them.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<TelemetryOptions>().BindConfiguration("Telemetry");
        services.AddSingleton<SlideMetrics>().AddSingleton<SlideTraces>();
        if (builder.Configuration["Telemetry:ConnectionString"] is not { Length: > 0 } connection)
        {
            return;
        }

        // Only what is ours: the sources of ASP.NET Core and of the storage clients tell addresses, which hold slides' names.
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("idc", serviceInstanceId: Environment.MachineName))
            .WithTracing(traces => traces.AddSource(SlideTraces.SourceName).AddAzureMonitorTraceExporter(Configure))
            .WithMetrics(metrics => metrics.AddMeter(SlideMetrics.MeterName).AddAzureMonitorMetricExporter(Configure));
        builder.Logging.AddOpenTelemetry(logs => logs.AddAzureMonitorLogExporter(Configure));

        void Configure(AzureMonitorExporterOptions exporter)
        {
            exporter.ConnectionString = connection;
            exporter.Credential = StorageClients.IdentityOf(key => builder.Configuration[key]);
        }
    }
}
