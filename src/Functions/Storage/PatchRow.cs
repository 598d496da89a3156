using Azure;
using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>A scored patch in table <c>Patches</c>.</summary>
public sealed class PatchRow : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = "";

    /// <summary><c>{row:D5}-{column:D5}</c>.</summary>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>Calibrated P(IDC): the graph's float32, exactly.</summary>
    public double Probability { get; set; }

    /// <summary>Standard deviation of P(IDC) over the patch's orientations; null where it was scored in one.</summary>
    public double? Spread { get; set; }

    /// <summary>Left edge in level-0 pixels.</summary>
    public long MinX { get; set; }

    /// <summary>Top edge in level-0 pixels.</summary>
    public long MinY { get; set; }

    /// <summary>Width in level-0 pixels.</summary>
    public long Width { get; set; }

    /// <summary>Height in level-0 pixels.</summary>
    public long Height { get; set; }

    /// <summary><see cref="Slides.PatchQualities"/> as a number.</summary>
    public int Qualities { get; set; }
}
