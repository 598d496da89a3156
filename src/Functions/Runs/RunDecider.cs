using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Decides which run a slide is to have. The event's own ETag and order are never believed: HEAD says what is there,
/// and the rows say what was decided before.
/// </summary>
public sealed class RunDecider(RunPreparation preparation, SlideTable slides, RunLedger ledger, PatchReuse reuse, TimeProvider time)
{
    /// <summary>Decides for a blob that was written or deleted.</summary>
    /// <param name="name">The blob's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The run to work on; null where there is nothing to do: refused, deleted, or final already.</returns>
    public async Task<RunId?> DecideUploadAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slide = SlideId.FromName(name);
            if (SlideName.ReasonAgainst(name) is { } reason)
            {
                var refusal = new SlideFailure(FailureSteps.Upload, "name-refused", $"{name}: {reason}", "Upload it under another name.");
                if (await TryRefuseAsync(slide, name, null, refusal, cancellationToken))
                {
                    return null;
                }

                continue;
            }

            var row = await slides.FindAsync(slide, cancellationToken);
            var blob = await preparation.HeadAsync(name, cancellationToken);
            if (blob is null)
            {
                if (row is null || row.DeletedAt is not null || await TryMarkDeletedAsync(row, cancellationToken))
                {
                    return null;
                }

                continue;
            }

            var etag = blob.ETag.ToString();
            if (row is { DeletedAt: not null } && row.WantedEtag == etag)
            {
                return null;
            }

            RunId decided;
            RunRow? inserted;
            try
            {
                (decided, inserted) = await FindOrInsertUploadAsync(slide, name, blob, isKnown: row is not null, cancellationToken);
            }
            catch (SlideRefusedException refused)
            {
                if (await TryRefuseAsync(slide, name, etag, refused.Failure, cancellationToken))
                {
                    return null;
                }

                continue;
            }

            var run = inserted ?? await ledger.FindRunAsync(slide, decided, cancellationToken);
            if (run is null || RunTransitions.IsFinal(run.ReadState()))
            {
                return null;
            }

            // A late redelivery of an upload must not undo a rescore of the same content.
            if (row is { DeletedAt: null, WantedRun: not null } && row.WantedEtag == etag)
            {
                return row.WantedRun == decided.Value ? decided : null;
            }

            if (await TryWantAsync(row, slide, name, decided, etag, run, cancellationToken))
            {
                return decided;
            }
        }
    }

    /// <summary>The run that a blob's present content has; null where there is no such blob or nothing was decided for it.</summary>
    public async Task<RunId?> FindUploadRunAsync(string name, CancellationToken cancellationToken) =>
        await preparation.HeadAsync(name, cancellationToken) is { } blob
            ? await ledger.FindUploadAsync(SlideId.FromName(name), blob.ETag.ToString(), cancellationToken)
            : null;

    /// <summary>Writes why a slide has no run, where it has none.</summary>
    public async Task RefuseAsync(string name, SlideFailure failure, CancellationToken cancellationToken)
    {
        var slide = SlideId.FromName(name);
        while (await slides.FindAsync(slide, cancellationToken) is null or { WantedRun: null, DeletedAt: null })
        {
            var etag = (await preparation.HeadAsync(name, cancellationToken))?.ETag.ToString();
            if (await TryRefuseAsync(slide, name, etag, failure, cancellationToken))
            {
                return;
            }

            // Somebody else wrote the row in between: look again whether it still has no run.
        }
    }

    /// <summary>Deletes a slide as it is now: an upload that nobody has decided for yet is deleted with it.</summary>
    public async Task DeleteAsync(SlideId slide, CancellationToken cancellationToken)
    {
        while (await slides.FindAsync(slide, cancellationToken) is { DeletedAt: null } row)
        {
            var blob = await preparation.HeadAsync(row.Name, cancellationToken);
            row.WantedEtag = blob?.ETag.ToString() ?? row.WantedEtag;
            if (await TryMarkDeletedAsync(row, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Takes a slide's deletion back: its published result where that is of the blob's content, else the upload's run goes on.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The run that is wanted again; null where the slide is not deleted.</returns>
    /// <exception cref="SlideRefusedException">The blob is gone, or no run can be decided for it.</exception>
    public async Task<RunId?> RestoreAsync(SlideId slide, CancellationToken cancellationToken)
    {
        while (await slides.FindAsync(slide, cancellationToken) is { DeletedAt: not null } row)
        {
            if (row.Status == SlideStatus.Purging)
            {
                throw new SlideRefusedException(new SlideFailure(
                    FailureSteps.Upload,
                    "slide-purged",
                    $"{row.Name}: the slide is being taken away for good.",
                    "Upload it again."));
            }

            var blob = await preparation.HeadAsync(row.Name, cancellationToken) ?? throw Gone(row.Name);
            var etag = blob.ETag.ToString();
            var run = row.PublishedEtag == etag
                ? RunId.Parse(row.PublishedRun!)
                : (await FindOrInsertUploadAsync(slide, row.Name, blob, isKnown: true, cancellationToken)).Run;

            // Deleting may have stopped the run in mid-flight; a function that saw the slide deleted may stop it even now.
            await ledger.ReopenAsync(slide, run, cancellationToken);
            var state = (await ledger.FindRunAsync(slide, run, cancellationToken))!;
            if (await TryWantAsync(row, slide, row.Name, run, etag, state, cancellationToken))
            {
                await ledger.ReopenAsync(slide, run, cancellationToken);
                return run;
            }
        }

        return null;
    }

    /// <summary>Why a slide could have no new run now; null where it could.</summary>
    public async Task<SlideFailure?> FindReasonAgainstRescoreAsync(SlideRow row, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await preparation.HeadAsync(row.Name, cancellationToken) ?? throw Gone(row.Name);
            await preparation.PrepareAsync(row.Name, blob, "", cancellationToken);
            return null;
        }
        catch (SlideRefusedException refused)
        {
            return refused.Failure;
        }
    }

    /// <summary>Decides a rescore with the active model and today's settings.</summary>
    /// <param name="row">The slide's row.</param>
    /// <param name="requestId">The caller's idempotency key, or a new one: equal keys give the same run.</param>
    /// <param name="state"><see cref="RunState.Tiling"/>, or <see cref="RunState.Waiting"/> for a run that the sweep is to let go.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The run; null where the slide is deleted: only an upload and who restores it take that back.</returns>
    /// <exception cref="SlideRefusedException">There is no such blob any more, or no active model.</exception>
    public async Task<RunId?> DecideRescoreAsync(SlideRow row, string requestId, RunState state, CancellationToken cancellationToken)
    {
        if (row.DeletedAt is not null)
        {
            return null;
        }

        var slide = SlideId.FromName(row.Name);
        while (true)
        {
            var blob = await preparation.HeadAsync(row.Name, cancellationToken)
                ?? throw Gone(row.Name);
            var settings = await preparation.PrepareAsync(row.Name, blob, requestId, cancellationToken);
            var run = settings.ToRunId();
            var found = await reuse.FindAsync(row, settings, cancellationToken);
            var inserting = NewRow(slide, settings, time.GetUtcNow(), state);
            inserting.PatchesRun = found?.Plan.PatchesRun;
            var inserted = await ledger.InsertRunAsync(slide, inserting, null, cancellationToken)
                ? inserting
                : await ledger.FindRunAsync(slide, run, cancellationToken);
            if (inserted is null || RunTransitions.IsFinal(inserted.ReadState()))
            {
                return run;
            }

            if (found is not null && inserted.PatchesRun == found.Plan.PatchesRun)
            {
                await reuse.StoreAsync(slide, inserted, found, cancellationToken);
            }

            // It may have been deleted since.
            if (await slides.FindAsync(slide, cancellationToken) is not { DeletedAt: null } current)
            {
                return null;
            }

            if (SlideRow.IsWanted(current, run))
            {
                return run;
            }

            if (await TryWantAsync(current, slide, row.Name, run, settings.Etag, inserted, cancellationToken))
            {
                // Who came upon the run before its slide wanted it has stopped it.
                if ((await ledger.FindRunAsync(slide, run, cancellationToken))?.ReadState() == RunState.Superseded)
                {
                    await ledger.ReopenAsync(slide, run, cancellationToken);
                }

                return run;
            }
        }
    }

    /// <summary>The run of a blob's content, inserted where it has none, then with its row.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="name">The blob's name.</param>
    /// <param name="blob">Its properties.</param>
    /// <param name="isKnown">False where the slide has no row: its content will hardly have a run, and inserting finds one all the same.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SlideRefusedException">It can have none.</exception>
    private async Task<(RunId Run, RunRow? Inserted)> FindOrInsertUploadAsync(
        SlideId slide, string name, BlobProperties blob, bool isKnown, CancellationToken cancellationToken)
    {
        var etag = blob.ETag.ToString();
        if (isKnown && await ledger.FindUploadAsync(slide, etag, cancellationToken) is { } decided)
        {
            return (decided, null);
        }

        var settings = await preparation.PrepareAsync(name, blob, "", cancellationToken);
        var row = NewRow(slide, settings, blob.LastModified, RunState.Tiling);

        // Another delivery of the event may be first, with another model: its run counts.
        return await ledger.InsertRunAsync(slide, row, etag, cancellationToken)
            ? (RunId.Parse(row.RowKey), row)
            : ((await ledger.FindUploadAsync(slide, etag, cancellationToken))!, null);
    }

    private static SlideRefusedException Gone(string name) =>
        new(new SlideFailure(FailureSteps.Upload, "slide-gone", $"{name}: the slide's blob is no longer there.", "Upload it again."));

    private RunRow NewRow(SlideId slide, RunSettings settings, DateTimeOffset uploaded, RunState state) => new()
    {
        PartitionKey = slide.Value,
        RowKey = settings.ToRunId().Value,
        Settings = RunRow.SettingsOf(settings),
        State = state.ToString(),
        Uploaded = uploaded,
        Decided = time.GetUtcNow(),
    };

    private async Task<bool> TryWantAsync(
        SlideRow? row, SlideId slide, string name, RunId run, string etag, RunRow state, CancellationToken cancellationToken)
    {
        row ??= NewSlide(slide, name);
        row.WantedRun = run.Value;
        Revive(row, etag, state.State);
        row.SetFailure(state.ReadFailure());
        return await slides.TryWriteAsync(row, cancellationToken);
    }

    /// <summary>Writes why a slide has no run; one that has a run keeps its published result.</summary>
    private async Task<bool> TryRefuseAsync(SlideId slide, string name, string? etag, SlideFailure failure, CancellationToken cancellationToken)
    {
        var row = await slides.FindAsync(slide, cancellationToken) ?? NewSlide(slide, name);
        row.WantedRun = null;
        Revive(row, etag, nameof(RunState.Failed));
        row.SetFailure(failure);
        return await slides.TryWriteAsync(row, cancellationToken);
    }

    /// <summary>New content takes back a deletion; of a slide that is being purged, the results are gone.</summary>
    private static void Revive(SlideRow row, string? etag, string status)
    {
        if (row.Status == SlideStatus.Purging)
        {
            row.PublishedRun = row.PublishedEtag = row.Published = row.StainWarning = null;
            row.TumourAreaMm2 = row.StainDistance = null;
        }

        row.WantedEtag = etag;
        row.Status = status;
        row.DeletedAt = null;
    }

    private async Task<bool> TryMarkDeletedAsync(SlideRow row, CancellationToken cancellationToken)
    {
        row.DeletedAt = time.GetUtcNow();
        row.WantedRun = null;
        row.Status = SlideStatus.Deleted;
        return await slides.TryWriteAsync(row, cancellationToken);
    }

    private SlideRow NewSlide(SlideId slide, string name) => new() { RowKey = slide.Value, Name = name, FirstUpload = time.GetUtcNow() };
}
