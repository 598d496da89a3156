using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>
/// What the sweep does once a day: purges deleted slides, deletes superseded runs and keys of slides that are not there,
/// decides for slides whose event was lost.
/// </summary>
public sealed partial class Housekeeping(
    StorageClients storage,
    SlideTable slides,
    RunLedger ledger,
    RunDeletion deletion,
    SlidePurge purge,
    MessageQueues queues,
    SlideRefs refs,
    IOptions<SweepOptions> options,
    TimeProvider time,
    ILogger<Housekeeping> logger)
{
    /// <summary>A listing's ETags come without the quotes that HEAD's have.</summary>
    private const string HeaderFormat = "H";

    /// <summary>Does its work where the last time is long enough ago.</summary>
    public async Task RunIfDueAsync(CancellationToken cancellationToken)
    {
        if (!await TryTakeTurnAsync(cancellationToken))
        {
            return;
        }

        var now = time.GetUtcNow();
        int purged = 0, deleted = 0, left = 0;
        var listed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in slides.AllAsync(cancellationToken))
        {
            listed.Add(row.ListingKey().RowKey);
            try
            {
                if (row.DeletedAt is null)
                {
                    deleted += await DeleteSupersededAsync(row, now - options.Value.KeepSupersededFor, cancellationToken);
                }
                else if (row.DeletedAt < now - options.Value.PurgeAfter)
                {
                    purged += await purge.PurgeAsync(row, cancellationToken) ? 1 : 0;
                }
            }
            catch (RequestFailedException exception) when (!StorageErrors.IsTransient(exception))
            {
                // One slide that storage holds fast, by a legal hold or a lease, must not keep all others.
                Log.LeftAlone(logger, refs.Of(SlideId.FromName(row.Name)), exception.ErrorCode, exception.Message);
                left++;
            }
        }

        await slides.DeleteStrayKeysAsync(listed, now - options.Value.LostAfter, cancellationToken);
        var lost = await SendLostEventsAsync(now - options.Value.LostAfter, cancellationToken);
        Log.Kept(logger, purged, deleted, lost, left);
    }

    /// <summary>Sends the event of each slide whose content nobody has decided for.</summary>
    /// <param name="writtenBefore">Only content older than this: an event may be on its way.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> SendLostEventsAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        var lost = 0;
        var container = storage.Blobs.GetBlobContainerClient(Containers.Slides);
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken))
        {
            var slide = SlideId.FromName(blob.Name);
            if (blob.Properties.LastModified < writtenBefore
                && blob.Properties.ETag?.ToString(HeaderFormat) is { } etag
                && (await slides.FindAsync(slide, cancellationToken))?.WantedEtag != etag
                && await ledger.FindUploadAsync(slide, etag, cancellationToken) is null)
            {
                await queues.SendSlideEventAsync(blob.Name, cancellationToken);
                lost++;
            }
        }

        return lost;
    }

    private async Task<int> DeleteSupersededAsync(SlideRow row, DateTimeOffset changedBefore, CancellationToken cancellationToken)
    {
        var slide = SlideId.FromName(row.Name);
        var runs = SupersededRuns.ToDelete(row, await ledger.RunsAsync(slide, cancellationToken), changedBefore);
        foreach (var run in runs)
        {
            await deletion.DeleteAsync(slide, RunId.Parse(run.RowKey), cancellationToken);
        }

        return runs.Count;
    }

    /// <summary>True for the one caller that finds the last time long ago and says first that it is at work.</summary>
    private async Task<bool> TryTakeTurnAsync(CancellationToken cancellationToken)
    {
        BlobClient turn = storage.Blobs.GetBlobContainerClient(Containers.Keys).GetBlobClient("housekeeping");
        var last = await turn.FindPropertiesAsync(cancellationToken);
        if (last is null)
        {
            return await turn.TryCreateAsync(BinaryData.Empty, cancellationToken);
        }

        return last.LastModified + options.Value.HousekeepingEvery < time.GetUtcNow()
            && await turn.TryReplaceAsync(BinaryData.Empty, last.ETag, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "Housekeeping: {Purged} slides purged, {Deleted} superseded runs deleted, {Lost} slides without a run decided for, "
            + "{Left} slides left to the next time")]
        public static partial void Kept(ILogger logger, int purged, int deleted, int lost, int left);

        [LoggerMessage(2, LogLevel.Error, "What is to go of {Slide} can't be deleted: {Code}: {Reason}")]
        public static partial void LeftAlone(ILogger logger, string slide, string? code, string reason);
    }
}
