using Azure.Data.Tables;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Api;

/// <summary>Lists slides a page at a time, by name or newest first, merged from the 16 partitions.</summary>
public sealed class SlideListing(StorageClients storage, RunLedger ledger)
{
    /// <summary>Rows of one partition that are looked at for one page: a search that finds little answers with fewer than it was asked for, and goes on in the next page.</summary>
    private const int MostScanned = 2000;

    private readonly TableClient slides = storage.Tables.GetTableClient(Tables.Slides);
    private readonly TableClient newest = storage.Tables.GetTableClient(Tables.SlidesNewest);

    /// <summary>A page of slides.</summary>
    /// <returns>The slides, and the key to go on after; null at the end.</returns>
    public async Task<(List<SlideRow> Rows, string? Next)> PageAsync(SlideQuery query, CancellationToken cancellationToken) =>
        query.IsNewestFirst ? await NewestAsync(query, cancellationToken) : await ByNameAsync(query, cancellationToken);

    private async Task<(List<SlideRow> Rows, string? Next)> ByNameAsync(SlideQuery query, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey gt {query.After} and RowKey ge {query.Prefix} and RowKey lt {query.Prefix + '\x7f'}");
        if (query.Status is { } status)
        {
            filter += TableClient.CreateQueryFilter($" and Status eq {status}");
        }

        return await MergeAsync<SlideRow>(slides, filter, query.Top, row => Contains(row.Name, query.Search), cancellationToken);
    }

    /// <summary>The keys tell the order; the rows, read one by one, tell the status.</summary>
    private async Task<(List<SlideRow> Rows, string? Next)> NewestAsync(SlideQuery query, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey gt {query.After}");
        var (keys, next) = await MergeAsync<KeyRow>(newest, filter, query.Top, key => IdOf(key) is { } id && id.Value.StartsWith(query.Prefix, StringComparison.Ordinal) && Contains(id.Name ?? id.Value, query.Search), cancellationToken);
        var rows = await Task.WhenAll(keys.Select(key => ledger.FindSlideAsync(IdOf(key)!, cancellationToken)));
        return ([.. rows.OfType<SlideRow>().Where(row => query.Status is null || row.Status == query.Status)], next);
    }

    private static async Task<(List<TRow> Rows, string? Next)> MergeAsync<TRow>(TableClient table, string filter, int count, Func<TRow, bool> isWanted, CancellationToken cancellationToken)
        where TRow : class, ITableEntity
    {
        var partitions = await Task.WhenAll(TableKeys.HexDigits.Select(partition =>
            ScanAsync(table, TableClient.CreateQueryFilter($"PartitionKey eq {partition} and ") + filter, count, isWanted, cancellationToken)));

        // What lies behind the place where a partition was left is not known, so nothing behind it is told.
        var horizon = partitions.Select(scan => scan.LeftAt).OfType<string>().Min(StringComparer.Ordinal);
        var known = partitions.SelectMany(scan => scan.Rows).Where(row => horizon is null || string.CompareOrdinal(row.RowKey, horizon) <= 0)
            .OrderBy(row => row.RowKey, StringComparer.Ordinal).ToList();
        return known.Count > count ? (known[..count], known[count - 1].RowKey) : (known, horizon);
    }

    private static async Task<(List<TRow> Rows, string? LeftAt)> ScanAsync<TRow>(TableClient table, string filter, int count, Func<TRow, bool> isWanted, CancellationToken cancellationToken)
        where TRow : class, ITableEntity
    {
        var rows = new List<TRow>();
        var scanned = 0;
        string? last = null;
        await foreach (var row in table.QueryAsync<TRow>(filter, Math.Min(count + 1, 1000), cancellationToken: cancellationToken))
        {
            if (rows.Count == count || scanned == MostScanned)
            {
                return (rows, last);
            }

            (last, scanned) = (row.RowKey, scanned + 1);
            if (isWanted(row))
            {
                rows.Add(row);
            }
        }

        return (rows, null);
    }

    private static SlideId? IdOf(KeyRow key) => key.RowKey.Split('|') is [_, var id] && SlideId.TryParse(id, out var slide) ? slide : null;

    private static bool Contains(string name, string? search) => search is null || name.Contains(search, StringComparison.OrdinalIgnoreCase);
}
