using Azure;
using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>Attempts at a step or batch in table <c>Failures</c>, and the last reason it failed for.</summary>
public sealed class FailureRow : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = "";

    /// <summary><c>{step}-{batch:D5}</c>.</summary>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>Attempts begun; raised before the work starts, so a killed one counts.</summary>
    public int Attempts { get; set; }

    /// <summary>The last reason; null where no attempt has failed in a way that could be written down.</summary>
    public string? Reason { get; set; }

    /// <summary>True where the last reason was storage that did not answer: the sweep tries again.</summary>
    public bool Transient { get; set; }
}
