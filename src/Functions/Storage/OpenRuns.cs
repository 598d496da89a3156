using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>The runs that are not final (table <c>OpenRuns</c>): those the sweep looks at.</summary>
public sealed class OpenRuns(StorageClients storage)
{
    private readonly TableClient table = storage.Tables.GetTableClient(Tables.OpenRuns);

    /// <summary>Adds a run, with the time of now where it was there already.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="run">The run.</param>
    /// <param name="waitsSince">When it was decided, for one that waits to be let go; null for one that is under way.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task AddAsync(SlideId slide, RunId run, DateTimeOffset? waitsSince, CancellationToken cancellationToken)
    {
        var row = new OpenRunRow
        {
            PartitionKey = TableKeys.OpenRunPartition(run),
            RowKey = TableKeys.OpenRunRow(slide, run),
            WaitsSince = waitsSince,
        };
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Takes a run out.</summary>
    public async Task RemoveAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await table.DeleteEntityAsync(TableKeys.OpenRunPartition(run), TableKeys.OpenRunRow(slide, run), ETag.All, cancellationToken);

    /// <summary>The runs under way that were added before a time by the table server's clock.</summary>
    public async IAsyncEnumerable<(SlideId Slide, RunId Run)> UnderWayAsync(
        DateTimeOffset addedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<OpenRunRow>(row => row.Timestamp < addedBefore, cancellationToken: cancellationToken))
        {
            if (row.WaitsSince is null && TryReadKeys(row, out var slide, out var run))
            {
                yield return (slide, run);
            }
        }
    }

    /// <summary>The runs that wait to be let go.</summary>
    public async IAsyncEnumerable<WaitingRun> WaitingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = table.QueryAsync<OpenRunRow>(row => row.WaitsSince > DateTimeOffset.UnixEpoch, cancellationToken: cancellationToken);
        await foreach (var row in rows)
        {
            if (row is { WaitsSince: { } since, Timestamp: { } added } && TryReadKeys(row, out var slide, out var run))
            {
                yield return new WaitingRun(slide, run, since, added);
            }
        }
    }

    private static bool TryReadKeys(OpenRunRow row, [NotNullWhen(true)] out SlideId? slide, [NotNullWhen(true)] out RunId? run)
    {
        (slide, run) = (null, null);
        return row.RowKey.Split('|') is [var id, var number] && SlideId.TryParse(id, out slide) && RunId.TryParse(number, out run);
    }
}
