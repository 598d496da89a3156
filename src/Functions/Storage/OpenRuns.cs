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
    public async Task AddAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var row = new KeyRow { PartitionKey = TableKeys.OpenRunPartition(run), RowKey = TableKeys.OpenRunRow(slide, run) };
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Takes a run out.</summary>
    public async Task RemoveAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await table.DeleteEntityAsync(TableKeys.OpenRunPartition(run), TableKeys.OpenRunRow(slide, run), ETag.All, cancellationToken);

    /// <summary>The runs that were added before a time by the table server's clock.</summary>
    public async IAsyncEnumerable<(SlideId Slide, RunId Run)> ListAsync(DateTimeOffset addedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<KeyRow>(row => row.Timestamp < addedBefore, cancellationToken: cancellationToken))
        {
            if (row.RowKey.Split('|') is [var id, var number] && SlideId.TryParse(id, out var slide) && RunId.TryParse(number, out var run))
            {
                yield return (slide!, run!);
            }
        }
    }
}
