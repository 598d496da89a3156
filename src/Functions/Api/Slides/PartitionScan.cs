using Azure.Data.Tables;

namespace IdcFunctions.Functions.Api;

/// <summary>The rows of one partition that a page of a listing may need, read in parts of a few.</summary>
/// <param name="rows">The partition's rows in the order of their keys.</param>
/// <param name="isWanted">Which of them the listing is about; null for all.</param>
/// <param name="mostScanned">Rows that are looked at, wanted or not.</param>
internal sealed class PartitionScan<TRow>(IAsyncEnumerable<TRow> rows, Func<TRow, bool>? isWanted, int mostScanned)
    where TRow : class, ITableEntity
{
    // Not disposed: pages of a table keep nothing open between them.
    private readonly IAsyncEnumerator<TRow> ahead = rows.GetAsyncEnumerator();
    private int scanned;

    /// <summary>The wanted rows so far.</summary>
    public List<TRow> Rows { get; } = [];

    /// <summary>The key of the last row that was looked at, behind which nothing is known; null once the partition is at its end.</summary>
    public string? LeftAt { get; private set; } = "";

    /// <summary>False where it looks at no more rows.</summary>
    public bool CanGoOn => LeftAt is not null && scanned < mostScanned;

    /// <summary>Reads until some more wanted rows are found, or it looks at no more.</summary>
    public async Task ReadAsync(int more)
    {
        for (var until = Rows.Count + more; Rows.Count < until && scanned < mostScanned; scanned++)
        {
            if (!await ahead.MoveNextAsync())
            {
                LeftAt = null;
                return;
            }

            LeftAt = ahead.Current.RowKey;
            if (isWanted?.Invoke(ahead.Current) != false)
            {
                Rows.Add(ahead.Current);
            }
        }
    }
}
