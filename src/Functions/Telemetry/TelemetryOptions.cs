namespace IdcFunctions.Functions.Telemetry;

/// <summary>Where traces, metrics and logs go; section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// Connection string of Application Insights; default empty: nothing is sent. Not the Functions host's own setting: the
    /// host would send the addresses of requests, which hold slides' names.
    /// </summary>
    public string ConnectionString { get; set; } = "";
}
