using Azure;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Api;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Tests.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>Two processes on one run: whoever is slower finds the rows as the faster one left them, and does them no harm.</summary>
public sealed class RunLedgerTests : IDisposable
{
    private static readonly SlideFailure Failure = new("score", "score-failed", "It could not be scored.", "Retry the slide.");

    private readonly AzuriteFixture azurite;
    private readonly MeasuredMetrics measured = new();
    private readonly StorageClients clients;
    private readonly RunLedger ledger;

    public RunLedgerTests(AzuriteFixture azurite)
    {
        this.azurite = azurite;
        clients = StorageClients.Create(key => key == "Slides" ? azurite.ConnectionString : null);
        ledger = new(clients, measured.Metrics);
    }

    public void Dispose() => measured.Dispose();

    [Fact]
    public async Task A_run_that_is_failed_after_it_was_published_leaves_its_slide_complete()
    {
        var (slide, run) = await InsertAsync("published.tif", RunState.Scoring, nameof(RunState.Complete), isPublished: true);

        await ledger.FailAsync(slide, run, RunActor.FailPoisoned, Failure, TestContext.Current.CancellationToken);

        Assert.Equal((nameof(RunState.Complete), (string?)null), await StatusAsync(slide));
        await ledger.CompleteAsync(slide, run, null, TestContext.Current.CancellationToken);
        Assert.Equal(RunState.Complete, await StateAsync(slide, run));
    }

    [Fact]
    public async Task A_slow_tiler_does_not_take_a_published_slide_back()
    {
        var (slide, run) = await InsertAsync("slow.tif", RunState.Tiling, nameof(RunState.Complete), isPublished: true);

        await ledger.AdvanceAsync(slide, run, RunState.Scoring, RunActor.TileSlide, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal((nameof(RunState.Complete), (string?)null), await StatusAsync(slide));
    }

    [Fact]
    public async Task A_slow_tiler_does_not_take_a_failed_slide_back()
    {
        var (slide, run) = await InsertAsync("failed.tif", RunState.Tiling, nameof(RunState.Failed), isPublished: false);

        await ledger.AdvanceAsync(slide, run, RunState.Scoring, RunActor.TileSlide, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(nameof(RunState.Failed), (await StatusAsync(slide)).Status);
    }

    [Fact]
    public async Task Rows_that_were_changed_since_they_were_read_are_read_again()
    {
        var token = TestContext.Current.CancellationToken;
        var (slide, run) = await InsertAsync("stale.tif", RunState.Tiling, nameof(RunState.Tiling), isPublished: false);
        var (row, slideRow) = ((await ledger.FindRunAsync(slide, run, token))!, (await ledger.FindSlideAsync(slide, token))!);
        await ledger.FailAsync(slide, run, RunActor.SweepRuns, Failure, token);

        Assert.True(await ledger.AdvanceAsync(slide, row, slideRow, RunState.Scoring, RunActor.TileSlide, static changed => changed.Batches = 3, token));

        // The reason that was written in between is of the row that is changed.
        var moved = (await ledger.FindRunAsync(slide, run, token))!;
        Assert.Equal((nameof(RunState.Scoring), 3, Failure.Code), (moved.State, moved.Batches!.Value, moved.FailureCode));
        Assert.Equal(nameof(RunState.Scoring), (await StatusAsync(slide)).Status);
    }

    [Fact]
    public async Task A_run_that_was_superseded_since_its_row_was_read_is_not_completed()
    {
        var token = TestContext.Current.CancellationToken;
        var (slide, run) = await InsertAsync("late.tif", RunState.Scoring, nameof(RunState.Scoring), isPublished: false);
        var row = (await ledger.FindRunAsync(slide, run, token))!;
        await ledger.ChangeSlideAsync(slide, static changed => (changed.WantedRun = null) is null, null, token);
        await ledger.SupersedeAsync(slide, run, RunActor.ScoreBatch, token);

        await ledger.CompleteAsync(slide, run, row, token);

        Assert.Equal(RunState.Superseded, await StateAsync(slide, run));
    }

    [Fact]
    public async Task A_slide_that_was_changed_since_its_row_was_read_is_changed_as_it_is_now()
    {
        var token = TestContext.Current.CancellationToken;
        var (slide, _) = await InsertAsync("changed.tif", RunState.Scoring, nameof(RunState.Scoring), isPublished: false);
        var known = (await ledger.FindSlideAsync(slide, token))!;
        await ledger.ChangeSlideAsync(slide, static row => (row.Reason = "since") is not null, null, token);

        Assert.NotNull(await ledger.ChangeSlideAsync(slide, static row => row.Reason == "since" && (row.Remedy = "now") is not null, known, token));

        Assert.Equal(("since", "now"), ((await ledger.FindSlideAsync(slide, token))!.Reason, (await ledger.FindSlideAsync(slide, token))!.Remedy));
    }

    [Fact]
    public async Task Of_two_who_see_a_slide_first_only_the_faster_one_lists_it()
    {
        var slide = SlideId.FromName("seen twice.tif");
        SlideRow Seen(int second) => new() { RowKey = slide.Value, Name = "seen twice.tif", FirstUpload = DateTimeOffset.UnixEpoch.AddSeconds(second), Status = nameof(RunState.Tiling) };

        Assert.True(await ledger.TryWriteSlideAsync(Seen(1), TestContext.Current.CancellationToken));
        Assert.False(await ledger.TryWriteSlideAsync(Seen(2), TestContext.Current.CancellationToken));

        var listed = new List<string>();
        await foreach (var key in new TableClient(azurite.ConnectionString, Tables.SlidesNewest).QueryAsync<KeyRow>(cancellationToken: TestContext.Current.CancellationToken))
        {
            listed.Add(key.RowKey);
        }

        Assert.Equal([TableKeys.NewestRow(slide, DateTimeOffset.UnixEpoch.AddSeconds(1))], listed.Where(key => key.EndsWith($"|{slide}", StringComparison.Ordinal)));
    }

    /// <summary>The chaos harness found it: each delivery of a first event has a key of its own, and a handler can die between key and row.</summary>
    [Fact]
    public async Task A_key_whose_handler_died_before_the_slides_row_does_not_list_the_slide_twice()
    {
        var token = TestContext.Current.CancellationToken;
        var slide = SlideId.FromName("died.tif");
        var (partition, first) = (TableKeys.SlidePartition(slide), DateTimeOffset.UnixEpoch.AddSeconds(1));
        await new TableClient(azurite.ConnectionString, Tables.SlidesNewest).AddEntityAsync(new KeyRow { PartitionKey = partition, RowKey = TableKeys.NewestRow(slide, first) }, token);
        Assert.True(await ledger.TryWriteSlideAsync(new SlideRow { RowKey = slide.Value, Name = "died.tif", FirstUpload = first.AddSeconds(1), Status = nameof(RunState.Tiling) }, token));

        var (listed, _) = await new SlideListing(clients, ledger).PageAsync(new SlideQuery(IsNewestFirst: true, "died", null, null, "", 100), token);

        Assert.Equal(["died.tif"], listed.Select(row => row.Name));
    }

    /// <summary>A slide without a key would never be listed, also where a new upload brings it to life again.</summary>
    [Fact]
    public async Task A_slide_whose_deletion_stops_half_way_is_listed_until_it_is_deleted()
    {
        var (slide, _) = await InsertAsync("half-deleted.tif", RunState.Complete, nameof(RunState.Complete), isPublished: true);
        var token = TestContext.Current.CancellationToken;
        var row = (await ledger.FindSlideAsync(slide, token))!;
        await using var proxy = await StorageProxy.StartAsync(azurite.ConnectionString, token);
        proxy.Fault = context =>
        {
            var dies = context.Request.Method == "DELETE" && context.Request.Path.Value!.Contains("/Slides(", StringComparison.Ordinal);
            context.Response.StatusCode = dies ? 403 : 200;
            return Task.FromResult(dies);
        };
        var behind = StorageClients.Create(key => key == "Slides" ? proxy.ConnectionString : null);

        await Assert.ThrowsAsync<RequestFailedException>(() => new RunLedger(behind, measured.Metrics).TryDeleteSlideAsync(row, token));
        var (listed, _) = await new SlideListing(clients, ledger).PageAsync(new SlideQuery(IsNewestFirst: true, "half-deleted", null, null, "", 100), token);

        Assert.Equal(["half-deleted.tif"], listed.Select(one => one.Name));
        Assert.True(await ledger.TryDeleteSlideAsync(row, token));
        Assert.False(await HasKeyAsync(row));
    }

    [Fact]
    public async Task A_key_that_is_left_of_a_deleted_slide_is_deleted_and_a_slides_own_stays()
    {
        var (kept, _) = await InsertAsync("kept-key.tif", RunState.Complete, nameof(RunState.Complete), isPublished: true);
        var (gone, _) = await InsertAsync("stray-key.tif", RunState.Complete, nameof(RunState.Complete), isPublished: true);
        var token = TestContext.Current.CancellationToken;
        var (own, stray) = ((await ledger.FindSlideAsync(kept, token))!, (await ledger.FindSlideAsync(gone, token))!);
        await clients.Tables.GetTableClient(Tables.Slides).DeleteEntityAsync(stray.PartitionKey, stray.RowKey, ETag.All, token);

        await ledger.DeleteStrayKeysAsync(new HashSet<string>(), DateTimeOffset.UnixEpoch, token);
        Assert.True(await HasKeyAsync(stray));
        await ledger.DeleteStrayKeysAsync(new HashSet<string>(), DateTimeOffset.MaxValue, token);

        Assert.Equal((true, false), (await HasKeyAsync(own), await HasKeyAsync(stray)));
    }

    [Fact]
    public async Task A_run_that_may_not_be_moved_is_not_opened()
    {
        var (slide, run) = await InsertAsync("complete.tif", RunState.Complete, nameof(RunState.Complete), isPublished: true);
        await ledger.CloseRunAsync(slide, run, TestContext.Current.CancellationToken);

        Assert.False(await ledger.AdvanceAsync(slide, run, RunState.Tiling, RunActor.Api, static _ => { }, TestContext.Current.CancellationToken));
        await ledger.ReopenAsync(slide, run, TestContext.Current.CancellationToken);

        Assert.False(await IsOpenAsync(slide, run));
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_its_slide_is_restored_goes_on()
    {
        var (slide, run) = await InsertAsync("restored.tif", RunState.Scoring, nameof(RunState.Scoring), isPublished: false);

        // The caller saw the slide deleted; since then it was restored.
        await ledger.SupersedeAsync(slide, run, RunActor.ScoreBatch, TestContext.Current.CancellationToken);

        Assert.Equal(RunState.Tiling, await StateAsync(slide, run));
        Assert.True(await IsOpenAsync(slide, run));
    }

    private async Task<(SlideId Slide, RunId Run)> InsertAsync(string name, RunState state, string status, bool isPublished)
    {
        var slide = SlideId.FromName(name);
        var settings = new RunSettings(name, "\"0x1\"", 1, "toy", "1.0.0", "ab", new TilingSettings(null, 4, 50, 50, null, false, "box", 0.05, 16, "1"), "");
        var run = settings.ToRunId();
        var token = TestContext.Current.CancellationToken;
        Assert.True(await ledger.InsertRunAsync(slide, new RunRow { PartitionKey = slide.Value, RowKey = run.Value, Settings = RunLedger.Serialize(settings), State = state.ToString(), Uploaded = DateTimeOffset.UnixEpoch, Decided = DateTimeOffset.UnixEpoch }, null, token));
        Assert.True(await ledger.TryWriteSlideAsync(new SlideRow { RowKey = slide.Value, Name = name, FirstUpload = DateTimeOffset.UnixEpoch, WantedRun = run.Value, Status = status, PublishedRun = isPublished ? run.Value : null }, token));
        return (slide, run);
    }

    private async Task<(string Status, string? Code)> StatusAsync(SlideId slide) =>
        await ledger.FindSlideAsync(slide, TestContext.Current.CancellationToken) is { } row ? (row.Status, row.FailureCode) : throw new InvalidOperationException($"{slide} has no row.");

    private async Task<RunState> StateAsync(SlideId slide, RunId run) => (await ledger.FindRunAsync(slide, run, TestContext.Current.CancellationToken))!.ReadState();

    private async Task<bool> HasKeyAsync(SlideRow row) =>
        (await clients.Tables.GetTableClient(Tables.SlidesNewest).GetEntityIfExistsAsync<TableEntity>(RunLedger.NewestOf(row).PartitionKey, RunLedger.NewestOf(row).RowKey, cancellationToken: TestContext.Current.CancellationToken)).HasValue;

    private async Task<bool> IsOpenAsync(SlideId slide, RunId run)
    {
        await foreach (var open in ledger.OpenRunsAsync(DateTimeOffset.MaxValue, TestContext.Current.CancellationToken))
        {
            if (open == (slide, run))
            {
                return true;
            }
        }

        return false;
    }
}
