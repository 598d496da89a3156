using Azure;
using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// Table <c>Failures</c>: attempts are raised before the work starts and the reason is written before the answer, so
/// that nothing needs to be believed of the host's DequeueCount.
/// </summary>
public sealed class AttemptLog(StorageClients storage)
{
    private readonly TableClient failures = storage.Tables.GetTableClient(Tables.Failures);

    /// <summary>Counts an attempt that begins now; returns how many that makes.</summary>
    public async Task<int> BeginAsync(SlideId slide, RunId run, string step, int batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                // Most attempts are the first: one request.
                await failures.AddEntityAsync(
                    new FailureRow { PartitionKey = TableKeys.RunPartition(slide, run), RowKey = TableKeys.FailureRow(step, batch), Attempts = 1 },
                    cancellationToken);
                return 1;
            }
            catch (RequestFailedException exception) when (exception.Status == 409)
            {
                // Not the first, or this one counted with its answer lost.
            }

            if (await FindAsync(slide, run, step, batch, cancellationToken) is { } found && await TryRaiseAsync(found, cancellationToken))
            {
                return found.Attempts;
            }
        }
    }

    private async Task<bool> TryRaiseAsync(FailureRow row, CancellationToken cancellationToken)
    {
        try
        {
            row.Attempts++;
            await failures.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            // Another delivery of the same message counts at the same time.
            return false;
        }
    }

    /// <summary>Writes down why an attempt failed.</summary>
    public async Task RecordAsync(SlideId slide, RunId run, string step, int batch, Exception exception, CancellationToken cancellationToken)
    {
        var row = new TableEntity(TableKeys.RunPartition(slide, run), TableKeys.FailureRow(step, batch))
        {
            [nameof(FailureRow.Reason)] = $"{exception.GetType().Name}: {exception.Message}",
            [nameof(FailureRow.Transient)] = StorageErrors.IsTransient(exception),
        };
        await failures.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>What is known of a step or batch, or null.</summary>
    public async Task<FailureRow?> FindAsync(SlideId slide, RunId run, string step, int batch, CancellationToken cancellationToken) =>
        await failures.FindAsync<FailureRow>(TableKeys.RunPartition(slide, run), TableKeys.FailureRow(step, batch), cancellationToken);

    /// <summary>Everything known of a run's attempts.</summary>
    public async Task<List<FailureRow>> ListAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var partition = TableKeys.RunPartition(slide, run);
        var rows = new List<FailureRow>();
        await foreach (var row in failures.QueryAsync<FailureRow>(row => row.PartitionKey == partition, cancellationToken: cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Forgets a run's attempts: a user has asked to try again.</summary>
    public async Task ClearAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        foreach (var row in await ListAsync(slide, run, cancellationToken))
        {
            await failures.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }
}
