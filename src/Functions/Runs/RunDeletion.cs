using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Deletes a run with everything that is stored of it. Its row goes to <see cref="RunState.Deleting"/> first, so that
/// readers know, and goes last, so that what dies in between is gone on with.
/// </summary>
public sealed class RunDeletion(StorageClients storage, RunLedger ledger)
{
    private const int RowsPerTransaction = 100;

    /// <summary>Deletes a run that is not wanted; one that still moves is stopped first.</summary>
    public async Task DeleteAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        await ledger.SupersedeAsync(slide, run, RunActor.SweepRuns, cancellationToken);
        if (!await ledger.TryBeginDeletingAsync(slide, run, cancellationToken))
        {
            return;
        }

        foreach (var table in new[] { Tables.Patches, Tables.Batches, Tables.Failures })
        {
            await DeleteRowsAsync(storage.Tables.GetTableClient(table), TableKeys.RunPartition(slide, run), cancellationToken);
        }

        foreach (var container in new[] { Containers.Patches, Containers.Results })
        {
            await DeleteBlobsAsync(storage.Blobs.GetBlobContainerClient(container), BlobNames.RunFolder(slide, run), cancellationToken);
        }

        await ledger.DeleteRunAsync(slide, run, cancellationToken);
    }

    private static async Task DeleteRowsAsync(TableClient table, string partition, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var rows = table.QueryAsync<TableEntity>(
                    row => row.PartitionKey == partition, RowsPerTransaction, ["PartitionKey", "RowKey"], cancellationToken);
                await foreach (var page in rows.AsPages())
                {
                    if (page.Values.Count > 0)
                    {
                        var deletions = page.Values.Select(
                            row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All));
                        await table.SubmitTransactionAsync(deletions, cancellationToken);
                    }
                }

                return;
            }
            catch (RequestFailedException exception) when (exception.Status == 404)
            {
                // Some of the page are gone already, deleted by an attempt whose answer was lost: look again.
            }
        }
    }

    private static async Task DeleteBlobsAsync(BlobContainerClient container, string folder, CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, folder, cancellationToken))
        {
            await container.GetBlobClient(blob.Name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }
}
