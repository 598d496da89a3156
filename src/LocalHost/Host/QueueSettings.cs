using System.Globalization;

namespace IdcFunctions.LocalHost.Host;

/// <summary>How queues are polled: <c>extensions.queues</c> of <c>host.json</c>, with the Functions host's defaults and ranges.</summary>
/// <param name="BatchSize">Messages received at once, 1 to 32.</param>
/// <param name="NewBatchThreshold">Messages are received again when no more than so many are being worked on.</param>
/// <param name="VisibilityTimeout">When a message that failed comes again.</param>
/// <param name="MaxDequeueCount">Deliveries before a message goes to the poison queue.</param>
/// <param name="MaxPollingInterval">Longest wait between two polls of an empty queue.</param>
public sealed record QueueSettings(int BatchSize, int NewBatchThreshold, TimeSpan VisibilityTimeout, int MaxDequeueCount, TimeSpan MaxPollingInterval)
{
    /// <summary>Shortest wait between two polls.</summary>
    public static readonly TimeSpan MinPollingInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidDataException">A value is out of its range, or the encoding is not <c>none</c>.</exception>
    public static QueueSettings Read(IConfiguration section)
    {
        var batchSize = int.Parse(section["batchSize"] ?? "16", CultureInfo.InvariantCulture);
        var settings = new QueueSettings(
            batchSize,
            int.Parse(section["newBatchThreshold"] ?? (batchSize / 2 * Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            TimeSpan.Parse(section["visibilityTimeout"] ?? "00:00:00", CultureInfo.InvariantCulture),
            int.Parse(section["maxDequeueCount"] ?? "5", CultureInfo.InvariantCulture),
            TimeSpan.Parse(section["maxPollingInterval"] ?? "00:01:00", CultureInfo.InvariantCulture));
        if (settings.BatchSize is < 1 or > 32 || settings.MaxDequeueCount < 1 || settings.MaxPollingInterval < MinPollingInterval)
        {
            throw new InvalidDataException($"host.json: extensions.queues is out of range: {settings}.");
        }

        return section["messageEncoding"] == "none"
            ? settings
            : throw new InvalidDataException("host.json: extensions.queues.messageEncoding must be none; this host does not decode messages.");
    }
}
