using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Restores the tables from what is stored in blobs: of each slide the complete runs, the latest decided one published.
/// Rows of runs and slides that are there are left as they are; patches and batches are written again, the same.
/// </summary>
public sealed class RunRebuild(StorageClients storage, SlideTable slides, RunLedger ledger, OpenRuns openRuns, RunFiles files, PatchTable patches)
{
    /// <summary>A call must end in the minutes that a front end waits.</summary>
    private const int SlidesPerCall = 20;

    private readonly BlobContainerClient results = storage.Blobs.GetBlobContainerClient(Containers.Results);

    /// <summary>Restores some slides.</summary>
    /// <param name="continuation">Where the last call ended; null for the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was restored; null where no call can have ended at <paramref name="continuation"/>.</returns>
    public async Task<RebuiltSlides?> RebuildAsync(string? continuation, CancellationToken cancellationToken)
    {
        var marker = continuation is null ? null : RebuildContinuation.FindMarker(continuation);
        if ((continuation is not null && marker is null) || await FindPageAsync(marker, cancellationToken) is not var (folders, next))
        {
            return null;
        }

        var restored = 0;
        var leftOut = new List<LeftOutRun>();
        foreach (var folder in folders)
        {
            restored += await RebuildSlideAsync(folder, leftOut, cancellationToken);
        }

        return new RebuiltSlides(restored, leftOut, next is null ? null : RebuildContinuation.Of(next));
    }

    /// <summary>The next folders of results, and the marker behind them; null where storage refuses the marker.</summary>
    private async Task<(List<string> Folders, string? Next)?> FindPageAsync(string? marker, CancellationToken cancellationToken)
    {
        try
        {
            var pages = results
                .GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", null, cancellationToken)
                .AsPages(marker, SlidesPerCall);
            await foreach (var page in pages)
            {
                return (
                    [.. page.Values.Where(item => item.IsPrefix).Select(item => item.Prefix)],
                    string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
            }

            return ([], null);
        }
        catch (RequestFailedException refused) when (refused.Status == 400 && marker is not null)
        {
            return null;
        }
    }

    private async Task<int> RebuildSlideAsync(string folder, List<LeftOutRun> leftOut, CancellationToken cancellationToken)
    {
        var documents = new List<RunDocument>();
        await foreach (var item in results.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", folder, cancellationToken))
        {
            if (!item.IsPrefix
                || !SlideId.TryParse(folder.TrimEnd('/'), out var slide)
                || !RunId.TryParse(item.Prefix[folder.Length..].TrimEnd('/'), out var run))
            {
                continue;
            }

            try
            {
                if (await RebuildRunAsync(slide!, run!, cancellationToken) is { } document)
                {
                    documents.Add(document);
                }
            }
            catch (InvalidDataException damaged)
            {
                leftOut.Add(new LeftOutRun(slide!.Value, run!.Value, damaged.Message));
            }
        }

        if (documents.MaxBy(document => document.Decided) is { } latest)
        {
            var row = new SlideRow
            {
                RowKey = latest.SlideId,
                Name = latest.Slide,
                FirstUpload = documents.Min(document => document.Decided),
                WantedRun = latest.Run,
                WantedEtag = latest.Settings.Etag,
            };
            row.Publish(latest);
            await slides.TryWriteAsync(row, cancellationToken);
        }

        return documents.Count;
    }

    /// <summary>Restores a run; null where it is not complete, or is being deleted.</summary>
    /// <exception cref="InvalidDataException">Something stored of it is gone or can't be read; nothing of it is written.</exception>
    private async Task<RunDocument?> RebuildRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        if (await files.FindDocumentAsync(slide, run, cancellationToken) is not { } document
            || await files.FindPlanAsync(slide, run, cancellationToken) is not { } plan)
        {
            return null;
        }

        // Rows that are written beside its deletion would stay for ever.
        if (await ledger.FindRunAsync(slide, run, cancellationToken) is { State: nameof(RunState.Deleting) })
        {
            return null;
        }

        var batches = await files.ReadBatchesAsync(slide, run, plan, cancellationToken);
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            await patches.WriteBatchAsync(slide, run, batch, batches[batch], plan, cancellationToken);
        }

        var uploadEtag = document.Settings.RequestId.Length == 0 ? document.Settings.Etag : null;

        // A run that is not final yet has its document already where its completing died: the sweep must still find it.
        if (await ledger.InsertRunAsync(slide, RowOf(slide, document, plan), uploadEtag, cancellationToken)
            || await ledger.FindRunAsync(slide, run, cancellationToken) is not { } row || RunTransitions.IsFinal(row.ReadState()))
        {
            await openRuns.RemoveAsync(slide, run, cancellationToken);
        }

        return document;
    }

    private static RunRow RowOf(SlideId slide, RunDocument document, TilingPlan plan)
    {
        var uploaded = document.Completed.AddSeconds(-document.Seconds.Total);
        var row = new RunRow
        {
            PartitionKey = slide.Value,
            RowKey = document.Run,
            Settings = RunRow.SettingsOf(document.Settings),
            State = nameof(RunState.Complete),
            Uploaded = uploaded,
            Decided = document.Decided,
            PatchesRun = plan.PatchesRun,
            TilingEnded = uploaded.AddSeconds(document.Seconds.Waiting + document.Seconds.Tiling),
        };
        row.SetPlan(plan, uploaded.AddSeconds(document.Seconds.Waiting));
        (row.BytesRead, row.Gets) = (document.BytesRead, document.Gets);
        return row;
    }
}
