using Azure;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Takes away all of a deleted slide: runs, blob, mask, reviewers' corrections and rows. From its first step on it can't be
/// restored; a new upload of the same name is untouched.
/// </summary>
public sealed class SlidePurge(
    StorageClients storage, SlideTable slides, RunLedger ledger, RunDeletion deletion, SlideMasks masks, SlideCorrections corrections)
{
    /// <summary>Purges a slide.</summary>
    /// <param name="row">Its row, as it was read when it was found deleted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False where the slide was restored or uploaded again in the meantime.</returns>
    public async Task<bool> PurgeAsync(SlideRow row, CancellationToken cancellationToken)
    {
        var slide = SlideId.FromName(row.Name);
        row.Status = SlideStatus.Purging;
        if (!await slides.TryWriteAsync(row, cancellationToken))
        {
            return false;
        }

        // Those of a slide that is still being purged: once it is uploaded again, a reviewer may give it new ones.
        var mask = await masks.FindEtagAsync(slide, cancellationToken);
        var labels = await corrections.FindEtagAsync(slide, cancellationToken);
        if (await slides.FindAsync(slide, cancellationToken) is not { Status: SlideStatus.Purging } purged)
        {
            return false;
        }

        // A run that was decided since belongs to an upload that nobody has deleted. Runs after uploads: of an upload that
        // was seen its run is seen too, where it was not deleted before.
        var uploads = await ledger.UploadsAsync(slide, cancellationToken);
        var runs = (await ledger.RunsAsync(slide, cancellationToken)).ToLookup(run => run.Decided <= purged.DeletedAt, run => run.RowKey);
        foreach (var upload in uploads.Where(upload => !runs[false].Contains(upload.Run)))
        {
            await ledger.DeleteUploadAsync(upload, cancellationToken);
        }

        foreach (var run in runs[true])
        {
            await deletion.DeleteAsync(slide, RunId.Parse(run), cancellationToken);
        }

        // Other content than was deleted stays: its event decides.
        if (purged.WantedEtag is { } etag && SlideName.ReasonAgainst(purged.Name) is null)
        {
            var blob = storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(purged.Name);
            await blob.DeleteAsReadAsync(new ETag(etag), cancellationToken);
        }

        if (mask is not null)
        {
            await masks.DeleteAsync(slide, mask, cancellationToken);
        }

        if (labels is not null)
        {
            await corrections.DeleteAsync(slide, labels, cancellationToken);
        }

        return await slides.TryDeleteAsync(purged, cancellationToken);
    }
}
