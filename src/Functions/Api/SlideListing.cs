using Azure.Data.Tables;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Api;

/// <summary>Lists slides by name, merged from the 16 partitions.</summary>
public sealed class SlideListing(StorageClients storage)
{
    private readonly TableClient slides = storage.Tables.GetTableClient(Tables.Slides);

    /// <summary>The first slides after <paramref name="after"/>.</summary>
    /// <param name="prefix">Only ids that begin so.</param>
    /// <param name="status">Only slides of this status; null for all.</param>
    /// <param name="after">The last id of the page before; empty for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<List<SlideRow>> ByNameAsync(string prefix, string? status, string after, int count, CancellationToken cancellationToken)
    {
        var partitions = await Task.WhenAll(TableKeys.HexDigits.Select(partition => FirstAsync(partition, prefix, status, after, count, cancellationToken)));
        return [.. partitions.SelectMany(rows => rows).OrderBy(row => row.RowKey, StringComparer.Ordinal).Take(count)];
    }

    private async Task<List<SlideRow>> FirstAsync(string partition, string prefix, string? status, string after, int count, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey ge {prefix} and RowKey lt {prefix + '\x7f'}");
        if (status is not null)
        {
            filter += TableClient.CreateQueryFilter($" and Status eq {status}");
        }

        var rows = new List<SlideRow>();
        await foreach (var row in slides.QueryAsync<SlideRow>(filter, Math.Min(count, 1000), cancellationToken: cancellationToken))
        {
            rows.Add(row);
            if (rows.Count == count)
            {
                break;
            }
        }

        return rows;
    }
}
