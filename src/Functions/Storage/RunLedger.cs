using Azure;
using Azure.Data.Tables;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// The rows of runs, and the order in which they and their slides' are written: at the start <c>OpenRuns</c>, <c>Runs</c>,
/// <c>Slides</c>; at the end <c>Slides</c>, <c>Runs</c>, <c>OpenRuns</c>. Whatever dies in between, the sweep finds the
/// run in <c>OpenRuns</c>.
/// </summary>
public sealed class RunLedger(StorageClients storage, SlideTable slides, OpenRuns openRuns, SlideMetrics metrics)
{
    private readonly TableClient runs = storage.Tables.GetTableClient(Tables.Runs);

    /// <summary>A run's row, or null.</summary>
    public async Task<RunRow?> FindRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await runs.FindAsync<RunRow>(slide.Value, run.Value, cancellationToken);

    /// <summary>The run that an upload has, or null.</summary>
    public async Task<RunId?> FindUploadAsync(SlideId slide, string etag, CancellationToken cancellationToken) =>
        await runs.FindAsync<UploadRow>(slide.Value, TableKeys.UploadRow(etag), cancellationToken) is { } row
            ? RunId.Parse(row.Run)
            : null;

    /// <summary>
    /// Inserts a run: its row in <c>OpenRuns</c>, then in one transaction its row and, for an upload, the row of its
    /// ETag. False where the run, or the ETag's row, was there already.
    /// </summary>
    public async Task<bool> InsertRunAsync(SlideId slide, RunRow row, string? uploadEtag, CancellationToken cancellationToken)
    {
        var run = RunId.Parse(row.RowKey);
        await openRuns.AddAsync(slide, run, row.ReadState() == RunState.Waiting ? row.Decided : null, cancellationToken);
        var actions = new List<TableTransactionAction> { new(TableTransactionActionType.Add, row) };
        if (uploadEtag is not null)
        {
            var upload = new UploadRow { PartitionKey = slide.Value, RowKey = TableKeys.UploadRow(uploadEtag), Run = run.Value };
            actions.Add(new TableTransactionAction(TableTransactionActionType.Add, upload));
        }

        try
        {
            await runs.SubmitTransactionAsync(actions, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Changes a run's row without moving its state.</summary>
    public async Task ChangeRunAsync(SlideId slide, RunId run, Action<RunRow> change, CancellationToken cancellationToken)
    {
        while (await FindRunAsync(slide, run, cancellationToken) is { } row)
        {
            change(row);
            if (await TryReplaceAsync(row, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Moves a run to a state that is not final, then the slide's row with it where the run is wanted.</summary>
    /// <returns>False where <see cref="RunTransitions"/> does not allow it from the state the run has.</returns>
    public async Task<bool> AdvanceAsync(
        SlideId slide, RunId run, RunState to, RunActor by, Action<RunRow> change, CancellationToken cancellationToken) =>
        await FindRunAsync(slide, run, cancellationToken) is { } row
        && RunTransitions.IsAllowed(row.ReadState(), to, by)
        && await AdvanceAsync(slide, row, null, to, by, change, cancellationToken);

    /// <summary>The same by rows that the caller has read, in place of a first look; their ETags tell whether they were changed since.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="row">The run's row.</param>
    /// <param name="slideRow">The slide's row; null to look.</param>
    /// <param name="to">The state.</param>
    /// <param name="by">Who moves it.</param>
    /// <param name="change">Changes the run's row beside its state.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<bool> AdvanceAsync(
        SlideId slide,
        RunRow row,
        SlideRow? slideRow,
        RunState to,
        RunActor by,
        Action<RunRow> change,
        CancellationToken cancellationToken)
    {
        var run = RunId.Parse(row.RowKey);
        if (!RunTransitions.IsAllowed(row.ReadState(), to, by))
        {
            return await AdvanceAsync(slide, run, to, by, change, cancellationToken);
        }

        await openRuns.AddAsync(slide, run, null, cancellationToken);
        if (await TryMoveAsync(slide, run, to, by, change, row, cancellationToken) is not { } from)
        {
            return false;
        }

        // Only from the state before: others may have failed or published the run since it was moved. A slide whose run was stopped
        // before the slide wanted it says that it waits.
        await MirrorAsync(
            slide,
            run,
            current => current.Status == from.ToString()
                || (from == RunState.Superseded && current.Status == nameof(RunState.Waiting)),
            to,
            null,
            slideRow,
            cancellationToken);
        return true;
    }

    /// <summary>Makes a run that was stopped go on, and sees to it that the sweep knows a run that goes on; nothing for a complete one.</summary>
    public async Task ReopenAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        await AdvanceAsync(slide, run, RunState.Tiling, RunActor.Api, static row => row.Redrives = 0, cancellationToken);
        if (await FindRunAsync(slide, run, cancellationToken) is { } row && !RunTransitions.IsFinal(row.ReadState()))
        {
            await openRuns.AddAsync(slide, run, null, cancellationToken);
        }
    }

    /// <summary>Fails a run, its slide first where it is wanted.</summary>
    /// <returns>False where the run is in a state that can't fail.</returns>
    public async Task<bool> FailAsync(SlideId slide, RunId run, RunActor by, SlideFailure failure, CancellationToken cancellationToken)
    {
        var row = await FindRunAsync(slide, run, cancellationToken);
        if (row is null || !RunTransitions.IsAllowed(row.ReadState(), RunState.Failed, by))
        {
            return false;
        }

        await MirrorAsync(slide, run, static _ => true, RunState.Failed, failure, null, cancellationToken);
        var moved = await TryMoveAsync(slide, run, RunState.Failed, by, changed => changed.SetFailure(failure), null, cancellationToken);
        await openRuns.RemoveAsync(slide, run, cancellationToken);
        if (moved is not null)
        {
            metrics.RunFailed(failure.Step, failure.Code);
        }

        return moved is not null;
    }

    /// <summary>Moves a run that is not wanted to <see cref="RunState.Superseded"/>; a complete one stays complete.</summary>
    public async Task SupersedeAsync(SlideId slide, RunId run, RunActor by, CancellationToken cancellationToken)
    {
        if (await TryMoveAsync(slide, run, RunState.Superseded, by, static _ => { }, null, cancellationToken) is not null
            && SlideRow.IsWanted(await slides.FindAsync(slide, cancellationToken), run))
        {
            // The slide was restored after the caller had looked: the run goes on, driven by the sweep.
            await AdvanceAsync(slide, run, RunState.Tiling, by, static _ => { }, cancellationToken);
            return;
        }

        await openRuns.RemoveAsync(slide, run, cancellationToken);
    }

    /// <summary>The end of a complete run, after its slide's row was published.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="run">The run.</param>
    /// <param name="known">The run's row as the caller has read it, in place of a first look; null to look.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task CompleteAsync(SlideId slide, RunId run, RunRow? known, CancellationToken cancellationToken)
    {
        await TryMoveAsync(
            slide,
            run,
            RunState.Complete,
            RunActor.CompleteSlide,
            static changed => changed.SetFailure(null),
            known,
            cancellationToken);
        await openRuns.RemoveAsync(slide, run, cancellationToken);
    }

    /// <summary>All runs of a slide.</summary>
    public async Task<List<RunRow>> RunsAsync(SlideId slide, CancellationToken cancellationToken)
    {
        var rows = new List<RunRow>();
        await foreach (var row in runs.QueryAsync<RunRow>(row => row.PartitionKey == slide.Value, cancellationToken: cancellationToken))
        {
            // The others say which run an upload has.
            if (RunId.TryParse(row.RowKey, out _))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>Moves a run to <see cref="RunState.Deleting"/>; true also where it is there already.</summary>
    public async Task<bool> TryBeginDeletingAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await TryMoveAsync(slide, run, RunState.Deleting, RunActor.SweepRuns, static _ => { }, null, cancellationToken) is not null
        || (await FindRunAsync(slide, run, cancellationToken))?.ReadState() == RunState.Deleting;

    /// <summary>Deletes a run's row.</summary>
    public async Task DeleteRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await runs.DeleteEntityAsync(slide.Value, run.Value, ETag.All, cancellationToken);

    /// <summary>The rows of a slide's uploads, also of those whose run is deleted.</summary>
    public async Task<List<UploadRow>> UploadsAsync(SlideId slide, CancellationToken cancellationToken)
    {
        var uploads = new List<UploadRow>();
        await foreach (var row in runs.QueryAsync<UploadRow>(row => row.PartitionKey == slide.Value, cancellationToken: cancellationToken))
        {
            if (!RunId.TryParse(row.RowKey, out _))
            {
                uploads.Add(row);
            }
        }

        return uploads;
    }

    /// <summary>Deletes the row of an upload.</summary>
    public async Task DeleteUploadAsync(UploadRow upload, CancellationToken cancellationToken) =>
        await runs.DeleteEntityAsync(upload.PartitionKey, upload.RowKey, ETag.All, cancellationToken);

    /// <summary>Moves a run; returns the state that it had, or null where it may not be moved from the one it has.</summary>
    private async Task<RunState?> TryMoveAsync(
        SlideId slide, RunId run, RunState to, RunActor by, Action<RunRow> change, RunRow? known, CancellationToken cancellationToken)
    {
        RunState? from = null;
        for (var row = known ?? await FindRunAsync(slide, run, cancellationToken);
            row is not null;
            row = await FindRunAsync(slide, run, cancellationToken))
        {
            if (RunTransitions.IsAllowed(row.ReadState(), to, by))
            {
                from = row.ReadState();
                row.State = to.ToString();
                change(row);
                if (await TryReplaceAsync(row, cancellationToken))
                {
                    return from;
                }
            }
            else if (row != known)
            {
                // A write whose answer was lost fails when it is repeated, and is done all the same.
                return row.ReadState() == to ? from : null;
            }
        }

        return null;
    }

    private async Task<bool> TryReplaceAsync(RunRow row, CancellationToken cancellationToken)
    {
        try
        {
            await runs.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Writes a run's state into its slide's row, unless the run is published already or not wanted.</summary>
    private async Task MirrorAsync(
        SlideId slide,
        RunId run,
        Func<SlideRow, bool> condition,
        RunState state,
        SlideFailure? failure,
        SlideRow? known,
        CancellationToken cancellationToken) =>
        await slides.ChangeAsync(
            slide,
            row =>
            {
                if (!SlideRow.IsWanted(row, run) || row.PublishedRun == run.Value || !condition(row))
                {
                    return false;
                }

                row.Status = state.ToString();
                row.SetFailure(failure);
                return true;
            },
            known,
            cancellationToken);
}
