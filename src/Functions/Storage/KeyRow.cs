using Azure;
using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>A row that is only its keys: in <c>SlidesNewest</c>.</summary>
public sealed class KeyRow : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = "";

    /// <inheritdoc/>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }
}
