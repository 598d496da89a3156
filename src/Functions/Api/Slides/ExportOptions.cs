using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Functions.Api;

/// <summary>How exports are handed over; section <c>Exports</c>.</summary>
public sealed class ExportOptions
{
    /// <summary>
    /// Bytes up to which an export is in the answer; the answer to a request for a longer one is a redirect to storage,
    /// since the Functions host keeps every answer in memory. Default 4 MiB: the CSV of 40,000 patches.
    /// </summary>
    [Range(0, 100 << 20)]
    public int MostDirectBytes { get; set; } = 4 << 20;
}
