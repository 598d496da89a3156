using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>Tables <c>Patches</c> and <c>Batches</c>: always written from a stored batch, never from memory.</summary>
public sealed class PatchTable(StorageClients storage)
{
    /// <summary>Transactions of a batch under way at once. They wait for storage, so that their number does not hang on the cores.</summary>
    private const int TransactionsAtOnce = 8;

    private readonly TableClient patches = storage.Tables.GetTableClient(Tables.Patches);
    private readonly PatchTransactions writer = new(storage.TablePipeline, storage.Tables.Uri);
    private readonly TableClient batches = storage.Tables.GetTableClient(Tables.Batches);

    /// <summary>Writes a batch's patches, then the row that says they are there.</summary>
    public async Task WriteBatchAsync(SlideId slide, RunId run, int batch, BatchScores scores, TilingPlan plan, CancellationToken cancellationToken)
    {
        var partition = TableKeys.RunPartition(slide, run);
        var transactions = (scores.Scores.Length + RunCost.RowsPerTransaction - 1) / RunCost.RowsPerTransaction;
        await Parallel.ForAsync(
            0,
            transactions,
            new ParallelOptions { MaxDegreeOfParallelism = TransactionsAtOnce, CancellationToken = cancellationToken },
            async (number, token) =>
            {
                var start = number * RunCost.RowsPerTransaction;
                var length = Math.Min(RunCost.RowsPerTransaction, scores.Scores.Length - start);
                await writer.UpsertAsync(partition, scores.Scores.AsMemory().Slice(start, length), plan, token);
            });
        var row = new BatchRow
        {
            PartitionKey = partition,
            RowKey = TableKeys.BatchRow(batch),
            Patches = scores.Scores.Length,
            ProbabilitySum = scores.Scores.Sum(score => (double)score.Probability),
            Provider = scores.Provider,
            ScoringMilliseconds = scores.ScoringMilliseconds,
        };
        await batches.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>True where a batch is finished.</summary>
    public async Task<bool> HasBatchAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken) =>
        await batches.FindAsync<BatchRow>(TableKeys.RunPartition(slide, run), TableKeys.BatchRow(batch), cancellationToken) is not null;

    /// <summary>Makes a batch an unfinished one, so that it is scored again.</summary>
    public async Task ForgetBatchAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken) =>
        await batches.DeleteEntityAsync(TableKeys.RunPartition(slide, run), TableKeys.BatchRow(batch), cancellationToken: cancellationToken);

    /// <summary>The finished batches of a run.</summary>
    public async Task<List<BatchRow>> FinishedBatchesAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var partition = TableKeys.RunPartition(slide, run);
        var rows = new List<BatchRow>();
        await foreach (var row in batches.QueryAsync<BatchRow>(row => row.PartitionKey == partition, cancellationToken: cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The numbers of a plan's batches that are not finished, in order.</summary>
    public async Task<List<int>> OpenBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var finished = (await FinishedBatchesAsync(slide, run, cancellationToken)).Select(batch => batch.RowKey).ToHashSet();
        return [.. Enumerable.Range(0, plan.Batches).Where(batch => !finished.Contains(TableKeys.BatchRow(batch)))];
    }

    /// <summary>A patch's row, or null.</summary>
    public async Task<PatchRow?> FindAsync(SlideId slide, RunId run, PatchCell cell, CancellationToken cancellationToken) =>
        await patches.FindAsync<PatchRow>(TableKeys.RunPartition(slide, run), cell.Key, cancellationToken);

    /// <summary>
    /// A page of a run's patches in grid order, from the row key after the query's place on.
    /// </summary>
    /// <param name="slide">The slide.</param>
    /// <param name="run">The run.</param>
    /// <param name="query">Which of them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<List<PatchRow>> QueryAsync(SlideId slide, RunId run, PatchQuery query, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.RunPartition(slide, run)}");
        if (query.After is { } after)
        {
            filter += TableClient.CreateQueryFilter($" and RowKey gt {after.Key}");
        }

        if (query.MinProbability is { } minimum)
        {
            filter += TableClient.CreateQueryFilter($" and Probability ge {minimum}");
        }

        if (query.Region is { } region)
        {
            // Touching counts: a patch is in the region where the two overlap.
            filter += TableClient.CreateQueryFilter($" and MinX lt {region.MaxX} and MinY lt {region.MaxY}");
        }

        var rows = new List<PatchRow>(query.Top);
        await foreach (var row in patches.QueryAsync<PatchRow>(filter, cancellationToken: cancellationToken))
        {
            if (query.Region is { } wanted && (row.MinX + row.Width <= wanted.MinX || row.MinY + row.Height <= wanted.MinY))
            {
                continue;
            }

            rows.Add(row);
            if (rows.Count == query.Top)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>All of a run's patches as their rows have them, in grid order.</summary>
    public async Task<List<PatchScore>> ReadScoresAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var partition = TableKeys.RunPartition(slide, run);
        var scores = new List<PatchScore>();
        await foreach (var row in patches.QueryAsync<PatchRow>(row => row.PartitionKey == partition, cancellationToken: cancellationToken))
        {
            scores.Add(PatchCell.TryParse(row.RowKey, out var cell)
                ? new PatchScore(cell, (float)row.Probability, (PatchQualities)row.Qualities) { Spread = (float)(row.Spread ?? 0) }
                : throw new InvalidDataException($"'{row.RowKey}' is no patch's row."));
        }

        return scores;
    }
}
