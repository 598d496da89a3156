using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// The rows of slides and runs, and the order in which they are written: at the start <c>OpenRuns</c>, <c>Runs</c>,
/// <c>Slides</c>; at the end <c>Slides</c>, <c>Runs</c>, <c>OpenRuns</c>. Whatever dies in between, the sweep finds the
/// run in <c>OpenRuns</c>.
/// </summary>
public sealed class RunLedger(StorageClients storage, SlideMetrics metrics)
{
    private readonly TableClient slides = storage.Tables.GetTableClient(Tables.Slides);
    private readonly TableClient newest = storage.Tables.GetTableClient(Tables.SlidesNewest);
    private readonly TableClient runs = storage.Tables.GetTableClient(Tables.Runs);
    private readonly TableClient openRuns = storage.Tables.GetTableClient(Tables.OpenRuns);

    /// <summary>A slide's row, or null.</summary>
    public async Task<SlideRow?> FindSlideAsync(SlideId slide, CancellationToken cancellationToken) =>
        await FindAsync<SlideRow>(slides, TableKeys.SlidePartition(slide), slide.Value, cancellationToken);

    /// <summary>A run's row, or null.</summary>
    public async Task<RunRow?> FindRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await FindAsync<RunRow>(runs, slide.Value, run.Value, cancellationToken);

    /// <summary>The run that an upload has, or null.</summary>
    public async Task<RunId?> FindUploadAsync(SlideId slide, string etag, CancellationToken cancellationToken) =>
        await FindAsync<UploadRow>(runs, slide.Value, TableKeys.UploadRow(etag), cancellationToken) is { } row
            ? RunId.Parse(row.Run)
            : null;

    /// <summary>True where <paramref name="run"/> is the run that the slide's result is to come from.</summary>
    public static bool IsWanted(SlideRow? slide, RunId run) => slide is { DeletedAt: null } && slide.WantedRun == run.Value;

    /// <summary>The slide's key for the listing.</summary>
    public static KeyRow NewestOf(SlideRow row)
    {
        var slide = SlideId.FromName(row.Name);
        return new KeyRow { PartitionKey = TableKeys.SlidePartition(slide), RowKey = TableKeys.NewestRow(slide, row.FirstUpload) };
    }

    /// <summary>
    /// Inserts a run: its row in <c>OpenRuns</c>, then in one transaction its row and, for an upload, the row of its
    /// ETag. False where the run, or the ETag's row, was there already.
    /// </summary>
    public async Task<bool> InsertRunAsync(SlideId slide, RunRow row, string? uploadEtag, CancellationToken cancellationToken)
    {
        var run = RunId.Parse(row.RowKey);
        await OpenRunAsync(slide, run, cancellationToken);
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

    /// <summary>
    /// Writes a slide's row: inserts it, after its row in <c>SlidesNewest</c>, where it has no ETag yet; else replaces it.
    /// False where somebody else was first: read it again and decide again.
    /// </summary>
    public async Task<bool> TryWriteSlideAsync(SlideRow row, CancellationToken cancellationToken)
    {
        try
        {
            if (row.ETag != default)
            {
                await slides.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
                return true;
            }

            var key = NewestOf(row);
            row.PartitionKey = key.PartitionKey;
            await newest.UpsertEntityAsync(key, TableUpdateMode.Replace, cancellationToken);
            await slides.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (StorageErrors.IsLostRace(exception) || exception.Status == 404)
        {
            if (row.ETag == default)
            {
                await DeleteStrayKeyAsync(NewestOf(row), cancellationToken);
            }

            return false;
        }
    }

    /// <summary>Reads the slide's row, changes it and writes it, again where somebody else was first.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="change">Changes the row; false to leave it as it is.</param>
    /// <param name="known">The row as the caller has read it, in place of a first look; null to look. Its ETag tells whether it was changed since.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The row as it was written; null where there is none or <paramref name="change"/> left it.</returns>
    public async Task<SlideRow?> ChangeSlideAsync(SlideId slide, Func<SlideRow, bool> change, SlideRow? known, CancellationToken cancellationToken)
    {
        for (var row = known ?? await FindSlideAsync(slide, cancellationToken); row is not null; row = await FindSlideAsync(slide, cancellationToken))
        {
            if (change(row))
            {
                if (await TryWriteSlideAsync(row, cancellationToken))
                {
                    return row;
                }
            }
            else if (row != known)
            {
                return null;
            }
        }

        return null;
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
    public async Task<bool> AdvanceAsync(SlideId slide, RunId run, RunState to, RunActor by, Action<RunRow> change, CancellationToken cancellationToken) =>
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
    public async Task<bool> AdvanceAsync(SlideId slide, RunRow row, SlideRow? slideRow, RunState to, RunActor by, Action<RunRow> change, CancellationToken cancellationToken)
    {
        var run = RunId.Parse(row.RowKey);
        if (!RunTransitions.IsAllowed(row.ReadState(), to, by))
        {
            return await AdvanceAsync(slide, run, to, by, change, cancellationToken);
        }

        await OpenRunAsync(slide, run, cancellationToken);
        if (await TryMoveAsync(slide, run, to, by, change, row, cancellationToken) is not { } from)
        {
            return false;
        }

        // Only from the state before: others may have failed or published the run since it was moved.
        await MirrorAsync(slide, run, current => current.Status == from.ToString(), to, null, slideRow, cancellationToken);
        return true;
    }

    /// <summary>Makes a run that was stopped go on, and sees to it that the sweep knows a run that goes on; nothing for a complete one.</summary>
    public async Task ReopenAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        await AdvanceAsync(slide, run, RunState.Tiling, RunActor.Api, static row => row.Redrives = 0, cancellationToken);
        if (await FindRunAsync(slide, run, cancellationToken) is { } row && !RunTransitions.IsFinal(row.ReadState()))
        {
            await OpenRunAsync(slide, run, cancellationToken);
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
        var moved = await TryMoveAsync(slide, run, RunState.Failed, by, changed => Set(changed, failure), null, cancellationToken);
        await CloseRunAsync(slide, run, cancellationToken);
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
            && IsWanted(await FindSlideAsync(slide, cancellationToken), run))
        {
            // The slide was restored after the caller had looked: the run goes on, driven by the sweep.
            await AdvanceAsync(slide, run, RunState.Tiling, by, static _ => { }, cancellationToken);
            return;
        }

        await CloseRunAsync(slide, run, cancellationToken);
    }

    /// <summary>The end of a complete run, after its slide's row was published.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="run">The run.</param>
    /// <param name="known">The run's row as the caller has read it, in place of a first look; null to look.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task CompleteAsync(SlideId slide, RunId run, RunRow? known, CancellationToken cancellationToken)
    {
        await TryMoveAsync(slide, run, RunState.Complete, RunActor.CompleteSlide, changed => Set(changed, null), known, cancellationToken);
        await CloseRunAsync(slide, run, cancellationToken);
    }

    /// <summary>The runs that are not final, as far as they were opened before a time by the table server's clock.</summary>
    public async IAsyncEnumerable<(SlideId Slide, RunId Run)> OpenRunsAsync(DateTimeOffset openedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in openRuns.QueryAsync<KeyRow>(row => row.Timestamp < openedBefore, cancellationToken: cancellationToken))
        {
            var parts = row.RowKey.Split('|');
            if (parts.Length == 2 && SlideId.TryParse(parts[0], out var slide) && RunId.TryParse(parts[1], out var run))
            {
                yield return (slide!, run!);
            }
        }
    }

    /// <summary>The runs that wait behind new uploads.</summary>
    public async Task<List<(SlideId Slide, RunId Run, DateTimeOffset Decided)>> WaitingRunsAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<(SlideId, RunId, DateTimeOffset)>();
        await foreach (var (slide, run) in OpenRunsAsync(DateTimeOffset.MaxValue, cancellationToken))
        {
            if (await FindRunAsync(slide, run, cancellationToken) is { State: nameof(RunState.Waiting) } row)
            {
                waiting.Add((slide, run, row.Decided));
            }
        }

        return waiting;
    }

    /// <summary>All slides' rows.</summary>
    public IAsyncEnumerable<SlideRow> SlidesAsync(CancellationToken cancellationToken) => slides.QueryAsync<SlideRow>(cancellationToken: cancellationToken);

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

    /// <summary>Deletes the rows of the uploads that have a run.</summary>
    public async Task DeleteUploadsAsync(SlideId slide, string run, CancellationToken cancellationToken)
    {
        await foreach (var row in runs.QueryAsync<UploadRow>(row => row.PartitionKey == slide.Value && row.Run == run, cancellationToken: cancellationToken))
        {
            await runs.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }

    /// <summary>
    /// Deletes a slide's rows, its key in <c>SlidesNewest</c> last: a listing passes over a key without a row, and a row
    /// without a key would never be listed. False where its row was changed since it was read.
    /// </summary>
    public async Task<bool> TryDeleteSlideAsync(SlideRow row, CancellationToken cancellationToken)
    {
        try
        {
            await slides.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            return false;
        }

        await DeleteStrayKeyAsync(NewestOf(row), cancellationToken);
        return true;
    }

    /// <summary>Deletes the keys in <c>SlidesNewest</c> that are no slide's: who died between a slide's key and its row, in inserting or deleting it, left one, and it holds the slide's name.</summary>
    /// <param name="listed">The keys of the slides that the caller has just read: only others are looked at one by one.</param>
    /// <param name="writtenBefore">Only keys older than this: a new slide's row may be on its way.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task DeleteStrayKeysAsync(IReadOnlySet<string> listed, DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        await foreach (var key in newest.QueryAsync<KeyRow>(row => row.Timestamp < writtenBefore, cancellationToken: cancellationToken))
        {
            if (!listed.Contains(key.RowKey))
            {
                await DeleteStrayKeyAsync(key, cancellationToken);
            }
        }
    }

    /// <summary>Takes a run out of <c>OpenRuns</c>.</summary>
    public async Task CloseRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await openRuns.DeleteEntityAsync(TableKeys.OpenRunPartition(run), TableKeys.OpenRunRow(slide, run), ETag.All, cancellationToken);

    /// <summary>Writes a failure, or its absence, into a slide's row.</summary>
    public static void Set(SlideRow row, SlideFailure? failure)
    {
        row.FailedStep = failure?.Step;
        row.FailureCode = failure?.Code;
        row.Reason = failure?.Reason;
        row.Remedy = failure?.Remedy;
    }

    /// <summary>A new run's settings as its row holds them.</summary>
    public static string Serialize(RunSettings settings) => JsonSerializer.Serialize(settings, SlidesJson.Default.RunSettings);

    /// <summary>Takes away a key that is no slide's (any more): with another row's key the slide would be listed twice.</summary>
    private async Task DeleteStrayKeyAsync(KeyRow key, CancellationToken cancellationToken)
    {
        var isOfSlide = key.RowKey.Split('|') is [_, var id] && SlideId.TryParse(id, out var slide)
            && await FindSlideAsync(slide!, cancellationToken) is { } row && NewestOf(row).RowKey == key.RowKey;
        if (!isOfSlide)
        {
            await newest.DeleteEntityAsync(key.PartitionKey, key.RowKey, ETag.All, cancellationToken);
        }
    }

    private static void Set(RunRow row, SlideFailure? failure)
    {
        row.FailedStep = failure?.Step;
        row.FailureCode = failure?.Code;
        row.Reason = failure?.Reason;
        row.Remedy = failure?.Remedy;
    }

    private static async Task<TRow?> FindAsync<TRow>(TableClient table, string partition, string row, CancellationToken cancellationToken)
        where TRow : class, ITableEntity =>
        await table.GetEntityIfExistsAsync<TRow>(partition, row, cancellationToken: cancellationToken) is { HasValue: true } found
            ? found.Value
            : null;

    private async Task OpenRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var row = new KeyRow { PartitionKey = TableKeys.OpenRunPartition(run), RowKey = TableKeys.OpenRunRow(slide, run) };
        await openRuns.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Moves a run; returns the state that it had, or null where it may not be moved from the one it has.</summary>
    private async Task<RunState?> TryMoveAsync(SlideId slide, RunId run, RunState to, RunActor by, Action<RunRow> change, RunRow? known, CancellationToken cancellationToken)
    {
        RunState? from = null;
        for (var row = known ?? await FindRunAsync(slide, run, cancellationToken); row is not null; row = await FindRunAsync(slide, run, cancellationToken))
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
    private async Task MirrorAsync(SlideId slide, RunId run, Func<SlideRow, bool> condition, RunState state, SlideFailure? failure, SlideRow? known, CancellationToken cancellationToken) =>
        await ChangeSlideAsync(
            slide,
            row =>
            {
                if (!IsWanted(row, run) || row.PublishedRun == run.Value || !condition(row))
                {
                    return false;
                }

                row.Status = state.ToString();
                Set(row, failure);
                return true;
            },
            known,
            cancellationToken);
}
