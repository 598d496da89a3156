using Azure;
using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>In table <c>Runs</c>: which run an upload (an ETag) has, so that its event, delivered again, finds it.</summary>
public sealed class UploadRow : ITableEntity
{
    /// <summary>The slide's id.</summary>
    public string PartitionKey { get; set; } = "";

    /// <summary><c>upload-</c> and a hash of the ETag.</summary>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>The run's id.</summary>
    public string Run { get; set; } = "";
}
