using Azure;
using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>A run in table <c>OpenRuns</c>.</summary>
public sealed class OpenRunRow : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = "";

    /// <inheritdoc/>
    public string RowKey { get; set; } = "";

    /// <summary>When the run was added, or last moved.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>When a run was decided that waits to be let go; null for one that is under way.</summary>
    public DateTimeOffset? WaitsSince { get; set; }
}
