using Azure;
using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>A finished batch in table <c>Batches</c>: its presence says that its patches' rows are there.</summary>
public sealed class BatchRow : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = "";

    /// <summary>The batch's number, five digits.</summary>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>Scored patches.</summary>
    public int Patches { get; set; }

    /// <summary>Sum of their probabilities.</summary>
    public double ProbabilitySum { get; set; }

    /// <summary>The execution provider that scored them.</summary>
    public string Provider { get; set; } = "";

    /// <summary>Milliseconds in the scoring call.</summary>
    public int ScoringMilliseconds { get; set; }
}
