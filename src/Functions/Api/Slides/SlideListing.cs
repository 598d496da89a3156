using Azure.Data.Tables;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Api;

/// <summary>Lists slides a page at a time, by name or newest first, merged from the 16 partitions.</summary>
public sealed class SlideListing(StorageClients storage, SlideTable slides)
{
    /// <summary>
    /// Rows of one partition that are looked at for one page: a search that finds little answers with fewer than it was
    /// asked for, and goes on in the next page.
    /// </summary>
    private const int MostScanned = 2000;

    private readonly TableClient byName = storage.Tables.GetTableClient(Tables.Slides);
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

        Func<SlideRow, bool>? isWanted = query.Search is { } search ? row => Contains(row.Name, search) : null;
        return await MergeAsync(byName, filter, query.Top, isWanted, cancellationToken);
    }

    /// <summary>
    /// The keys tell the order; the rows, read one by one, tell the status. A key that is not its slide's is passed over: a
    /// handler that died between a new slide's key and its row left it, and the next delivery of the event made another.
    /// </summary>
    private async Task<(List<SlideRow> Rows, string? Next)> NewestAsync(SlideQuery query, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey gt {query.After}");
        Func<KeyRow, bool>? isWanted = query.Prefix.Length == 0 && query.Search is null ? null
            : key => TableKeys.SlideOfNewestRow(key.RowKey) is { } id
                && id.Value.StartsWith(query.Prefix, StringComparison.Ordinal)
                && (id.Name is not { } name || Contains(name, query.Search));
        var (keys, next) = await MergeAsync(newest, filter, query.Top, isWanted, cancellationToken);
        var rows = await Task.WhenAll(keys.Select(key => slides.FindListedAsync(key, cancellationToken)));

        // A long name stands in the row alone: its key was let pass.
        var wanted = rows
            .OfType<SlideRow>()
            .Where(row => (query.Status is null || row.Status == query.Status) && Contains(row.Name, query.Search));
        return ([.. wanted], next);
    }

    /// <summary>Merges the partitions.</summary>
    /// <param name="table">The table.</param>
    /// <param name="filter">What the table filters by, within a partition.</param>
    /// <param name="count">Rows of a page.</param>
    /// <param name="isWanted">What the table can't filter by; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private static async Task<(List<TRow> Rows, string? Next)> MergeAsync<TRow>(
        TableClient table, string filter, int count, Func<TRow, bool>? isWanted, CancellationToken cancellationToken)
        where TRow : class, ITableEntity
    {
        // Where many rows are read in vain, few requests matter more than few rows.
        var part = PartOf(count);
        var atOnce = Math.Min(isWanted is null ? part : count + 1, 1000);
        var scans = TableKeys.HexDigits.Select(partition =>
        {
            var ofPartition = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and ") + filter;
            var rows = table.QueryAsync<TRow>(ofPartition, atOnce, cancellationToken: cancellationToken);
            return new PartitionScan<TRow>(rows, isWanted, MostScanned);
        }).ToList();
        var found = new List<TRow>();
        for (var behind = scans; behind.Count > 0;)
        {
            await Task.WhenAll(behind.Select(scan => scan.ReadAsync(part)));
            found = [.. scans.SelectMany(scan => scan.Rows).OrderBy(row => row.RowKey, StringComparer.Ordinal)];

            // The row behind the page's last one tells that there is a next page, and how far each partition must be known.
            var end = found.ElementAtOrDefault(count)?.RowKey;
            behind = [.. scans.Where(scan => scan.CanGoOn && (end is null || string.CompareOrdinal(scan.LeftAt, end) < 0))];
        }

        // What lies behind the place where a partition was left is not known, so nothing behind it is told.
        var horizon = scans.Select(scan => scan.LeftAt).OfType<string>().Min(StringComparer.Ordinal);
        var known = found.TakeWhile(row => horizon is null || string.CompareOrdinal(row.RowKey, horizon) <= 0).ToList();
        return known.Count > count ? (known[..count], known[count - 1].RowKey) : (known, horizon);
    }

    /// <summary>
    /// Rows to read of a partition at a time: ids fall into partitions by chance, so that a page has its share of rows in
    /// each, and seldom three standard deviations more.
    /// </summary>
    private static int PartOf(int count)
    {
        var share = (count + 1) / 16.0;
        return (int)Math.Ceiling(share + (3 * Math.Sqrt(share)));
    }

    private static bool Contains(string name, string? search) => search is null || name.Contains(search, StringComparison.OrdinalIgnoreCase);
}
