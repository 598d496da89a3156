using Azure;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>Takes away all of a deleted slide: runs, blob, mask, reviewers' corrections and rows. From its first step on it can't be restored; a new upload of the same name is untouched.</summary>
public sealed class SlidePurge(StorageClients storage, SlideTable slides, RunLedger ledger, RunDeletion deletion, SlideMasks masks, SlideCorrections corrections)
{
    /// <summary>Purges a slide.</summary>
    /// <param name="row">Its row, as it was read when it was found deleted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False where the slide was restored or uploaded again in the meantime.</returns>
    public async Task<bool> PurgeAsync(SlideRow row, CancellationToken cancellationToken)
    {
        var slide = SlideId.FromName(row.Name);
        row.Status = SlideStatus.Purging;
        if (!await slides.TryWriteAsync(row, cancellationToken)
            || await slides.FindAsync(slide, cancellationToken) is not { Status: SlideStatus.Purging } purged)
        {
            return false;
        }

        // A run that was decided since belongs to an upload that nobody has deleted.
        foreach (var run in (await ledger.RunsAsync(slide, cancellationToken)).Where(run => run.Decided <= purged.DeletedAt))
        {
            await ledger.DeleteUploadsAsync(slide, run.RowKey, cancellationToken);
            await deletion.DeleteAsync(slide, RunId.Parse(run.RowKey), cancellationToken);
        }

        if (purged.WantedEtag is { } etag)
        {
            await DeleteBlobAsync(purged.Name, etag, cancellationToken);
        }

        await masks.DeleteAsync(slide, cancellationToken);
        await corrections.DeleteAsync(slide, cancellationToken);
        return await slides.TryDeleteAsync(purged, cancellationToken);
    }

    private async Task DeleteBlobAsync(string name, string etag, CancellationToken cancellationToken)
    {
        if (SlideName.ReasonAgainst(name) is not null)
        {
            return;
        }

        try
        {
            await storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(name)
                .DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = new ETag(etag) }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            // Other content than was deleted: its event decides.
        }
    }
}
