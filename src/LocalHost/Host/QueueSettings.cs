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
        var batchSize = section.Number("batchSize", 16, 1, 32);
        var settings = new QueueSettings(
            batchSize,
            section.Number("newBatchThreshold", batchSize / 2 * Environment.ProcessorCount, 0),
            section.Duration("visibilityTimeout", TimeSpan.Zero, TimeSpan.Zero),
            section.Number("maxDequeueCount", 5, 1),
            section.Duration("maxPollingInterval", TimeSpan.FromMinutes(1), MinPollingInterval));
        return section["messageEncoding"] == "none"
            ? settings
            : throw new InvalidDataException("host.json: extensions.queues.messageEncoding must be none; this host does not decode messages.");
    }
}
