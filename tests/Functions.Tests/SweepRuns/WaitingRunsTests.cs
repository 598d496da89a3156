using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Tests.Storage;
using IdcFunctions.Functions.Tests.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Functions.Tests.SweepRuns;

/// <summary>Five rescores that wait, in an account of their own, of which two are let go at a time.</summary>
public sealed class WaitingRunsTests : IAsyncLifetime
{
    private const int Waiting = 5, AtOnce = 2;

    private readonly AzuriteFixture azurite = new();
    private readonly MeasuredMetrics measured = new();
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly SweepOptions options = new() { ReleasedAtOnce = AtOnce };
    private StorageProxy proxy = null!;
    private SlideTable slides = null!;
    private OpenRuns openRuns = null!;
    private RunLedger ledger = null!;
    private WaitingRuns waiting = null!;
    private Azure.Storage.Queues.QueueClient uploads = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await azurite.InitializeAsync();
        proxy = await StorageProxy.StartAsync(azurite.ConnectionString, CancellationToken.None);
        var clients = AccountClients.Of(proxy.ConnectionString);
        slides = new(clients);
        openRuns = new(clients);
        ledger = new(clients, slides, openRuns, measured.Metrics);
        waiting = new(clients, slides, ledger, openRuns, new MessageQueues(clients, time), Options.Create(options), time);
        uploads = clients.Queues.GetQueueClient(Queues.SlideUploads);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await azurite.DisposeAsync();
        measured.Dispose();
    }

    [Fact]
    public async Task Of_runs_that_wait_only_those_that_are_let_go_are_read_and_the_oldest_go_first()
    {
        for (var age = 0; age < Waiting; age++)
        {
            await InsertAsync(age, isWanted: true);
        }

        var before = proxy.Requests.Count;
        await waiting.ReleaseAsync(TimeSpan.Zero, Token);

        Assert.Equal("43", await ReleasedAsync());
        Assert.Equal(AtOnce, proxy.Requests.Skip(before).Count(request => request.StartsWith("GET /devstoreaccount1/Runs(", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task More_are_let_go_as_the_queue_gets_shorter()
    {
        for (var age = 0; age < Waiting; age++)
        {
            await InsertAsync(age, isWanted: true);
        }

        var releasing = waiting.ReleaseAsync(TimeSpan.FromDays(100), Token);
        for (var released = AtOnce; released < Waiting; released += AtOnce)
        {
            await Eventually.HoldsAsync("some were let go", async () => await CountAsync() >= AtOnce);
            Assert.Equal(AtOnce, await CountAsync());
            await uploads.ClearMessagesAsync(Token);
            await Eventually.HoldsAsync("the next were let go", async () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return await CountAsync() > 0;
            });
        }

        await releasing;
        Assert.Equal("43210", await ReleasedAsync());
    }

    [Fact]
    public async Task A_run_that_its_slide_does_not_want_yet_is_passed_over_and_let_go_when_it_does()
    {
        var run = await InsertAsync(2, isWanted: false);
        await InsertAsync(1, isWanted: true);

        await waiting.ReleaseAsync(TimeSpan.Zero, Token);
        Assert.Equal("1", await ReleasedAsync());

        await WantAsync(2, run);
        await waiting.ReleaseAsync(TimeSpan.Zero, Token);
        Assert.Equal("21", await ReleasedAsync());
    }

    [Fact]
    public async Task A_run_that_nobody_has_wanted_for_long_is_left_to_the_sweep()
    {
        var run = await InsertAsync(1, isWanted: false);
        time.Advance(options.Unattended + TimeSpan.FromMinutes(1));

        await waiting.ReleaseAsync(TimeSpan.Zero, Token);

        Assert.Empty(await openRuns.WaitingAsync(Token).ToListAsync(Token));
        Assert.Equal((Slide(1), run), Assert.Single(await openRuns.UnderWayAsync(DateTimeOffset.MaxValue, Token).ToListAsync(Token)));
    }

    private static SlideId Slide(int age) => SlideId.FromName($"{age}.tif");

    private async Task<RunId> InsertAsync(int age, bool isWanted)
    {
        var settings = ToyRun.Settings($"{age}.tif");
        var run = settings.ToRunId();
        await ledger.InsertRunAsync(Slide(age), ToyRunRow.Of(settings, RunState.Waiting, time.GetUtcNow().AddHours(-age)), null, Token);
        if (isWanted)
        {
            await WantAsync(age, run);
        }

        return run;
    }

    private async Task WantAsync(int age, RunId run) =>
        Assert.True(await slides.TryWriteAsync(new SlideRow { RowKey = Slide(age).Value, Name = $"{age}.tif", FirstUpload = DateTimeOffset.UnixEpoch, WantedRun = run.Value, Status = nameof(RunState.Waiting) }, Token));

    private async Task<int> CountAsync() => (await uploads.GetPropertiesAsync(Token)).Value.ApproximateMessagesCount;

    /// <summary>The ages of the slides that no longer wait, oldest first.</summary>
    private async Task<string> ReleasedAsync() =>
        string.Concat((await slides.AllAsync(Token).ToListAsync(Token)).Where(row => row.Status == nameof(RunState.Tiling)).Select(row => row.Name[0]).OrderDescending());
}
