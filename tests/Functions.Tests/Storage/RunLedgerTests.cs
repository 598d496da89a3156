using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Tests.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>Two processes on one run: whoever is slower finds the rows as the faster one left them, and does them no harm.</summary>
public sealed class RunLedgerTests : IDisposable
{
    private static readonly SlideFailure Failure = new("score", "score-failed", "It could not be scored.", "Retry the slide.");

    private readonly MeasuredMetrics measured = new();
    private readonly SlideTable slides;
    private readonly OpenRuns openRuns;
    private readonly RunLedger ledger;

    public RunLedgerTests(AzuriteFixture azurite)
    {
        var clients = AccountClients.Of(azurite.ConnectionString);
        slides = new(clients);
        openRuns = new(clients);
        ledger = new(clients, slides, openRuns, measured.Metrics);
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
        var (row, slideRow) = ((await ledger.FindRunAsync(slide, run, token))!, (await slides.FindAsync(slide, token))!);
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
        await slides.ChangeAsync(slide, static changed => (changed.WantedRun = null) is null, null, token);
        await ledger.SupersedeAsync(slide, run, RunActor.ScoreBatch, token);

        await ledger.CompleteAsync(slide, run, row, token);

        Assert.Equal(RunState.Superseded, await StateAsync(slide, run));
    }

    [Fact]
    public async Task A_run_that_may_not_be_moved_is_not_opened()
    {
        var (slide, run) = await InsertAsync("complete.tif", RunState.Complete, nameof(RunState.Complete), isPublished: true);
        await openRuns.RemoveAsync(slide, run, TestContext.Current.CancellationToken);

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
        var settings = ToyRun.Settings(name);
        var run = settings.ToRunId();
        var token = TestContext.Current.CancellationToken;
        Assert.True(await ledger.InsertRunAsync(slide, ToyRunRow.Of(settings, state, DateTimeOffset.UnixEpoch), null, token));
        Assert.True(await slides.TryWriteAsync(new SlideRow { RowKey = slide.Value, Name = name, FirstUpload = DateTimeOffset.UnixEpoch, WantedRun = run.Value, Status = status, PublishedRun = isPublished ? run.Value : null }, token));
        return (slide, run);
    }

    private async Task<(string Status, string? Code)> StatusAsync(SlideId slide) =>
        await slides.FindAsync(slide, TestContext.Current.CancellationToken) is { } row ? (row.Status, row.FailureCode) : throw new InvalidOperationException($"{slide} has no row.");

    private async Task<RunState> StateAsync(SlideId slide, RunId run) => (await ledger.FindRunAsync(slide, run, TestContext.Current.CancellationToken))!.ReadState();

    private async Task<bool> IsOpenAsync(SlideId slide, RunId run)
    {
        await foreach (var open in openRuns.UnderWayAsync(DateTimeOffset.MaxValue, TestContext.Current.CancellationToken))
        {
            if (open == (slide, run))
            {
                return true;
            }
        }

        return false;
    }
}
