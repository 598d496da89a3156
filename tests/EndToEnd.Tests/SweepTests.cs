using System.Text.Json;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.AspNetCore.Http;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Runs that stand still, that nobody wants, or whose message was delivered too often.</summary>
public sealed class SweepTests(FaultyLine faulty) : IClassFixture<FaultyLine>
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(600, 500, 4, 93).ToLibvipsPyramid(4);

    private readonly Line line = faulty.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_does_not_move_after_its_redrives_fails_with_the_last_reason()
    {
        await using var impatient = await Line.StartAsync(FaultyLine.Options.With("Sweep__MostRedrives", "1"));
        impatient.Proxy!.Fault = context => FailAsync(context, "/patches/still.tif/");
        await impatient.DropAsync("still.tif", Slide);
        await impatient.SendEventAsync("still.tif");

        await impatient.SweepUntilAsync(async () => await impatient.StatusAsync("still.tif") == nameof(RunState.Failed));
        var failed = (await impatient.FindAsync("still.tif"))!.Value;

        Assert.Equal("stands-still", failed.GetProperty("failureCode").GetString());
        Assert.Contains("after 1 re-drives", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("503", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);

        impatient.Proxy.Fault = null;
        using var retried = await impatient.PostAsync("still.tif", "retry");
        await impatient.WaitForAsync("still.tif", nameof(RunState.Complete));
    }

    /// <summary>A process that died between the request and its message once left the run queued for ever.</summary>
    [Fact]
    public async Task A_training_run_whose_message_was_never_sent_gets_it_once_and_one_that_began_or_was_cancelled_does_not()
    {
        const string Lost = "20260101-000000-00000001", Begun = "20260101-000000-00000002", Cancelled = "20260101-000000-00000003";
        await using var own = await Line.StartAsync(FaultyLine.Options);
        var runs = own.Container(Containers.TrainingRuns);
        foreach (var blob in (string[])[$"{Lost}/request.json", $"{Begun}/request.json", $"{Begun}/state.json", $"{Cancelled}/request.json", $"{Cancelled}/cancel"])
        {
            await runs.GetBlobClient(blob).UploadAsync(BinaryData.FromString("{}"), overwrite: true, Token);
        }

        var queue = own.Queues.GetQueueClient(Queues.TrainingRuns);
        await own.SweepUntilAsync(async () => (await queue.GetPropertiesAsync(Token)).Value.ApproximateMessagesCount > 0);
        await own.SweepAsync();

        var message = Assert.Single((await queue.PeekMessagesAsync(32, Token)).Value);
        Assert.Contains(Lost, message.Body.ToString(), StringComparison.Ordinal);
        Assert.True(message.ExpiresOn > TimeProvider.System.GetUtcNow().AddYears(1), "The message expires before a machine may be free.");
    }

    [Fact]
    public async Task A_run_whose_plan_is_damaged_fails_with_that_reason_and_the_others_are_swept()
    {
        await using var impatient = await Line.StartAsync(FaultyLine.Options.With("Sweep__MostRedrives", "1"));
        var torn = await impatient.CompleteAsync("torn.tif", Slide);
        var whole = await impatient.CompleteAsync("whole.tif", Slide);
        await impatient.Container(Containers.Results).GetBlobClient(BlobNames.Plan(SlideId.FromName("torn.tif"), torn)).UploadAsync(BinaryData.FromString("{"), overwrite: true, Token);
        await impatient.UnpublishAsync("torn.tif", torn);
        await impatient.UnpublishAsync("whole.tif", whole);

        await impatient.SweepUntilAsync(async () =>
            await impatient.StatusAsync("torn.tif") == nameof(RunState.Failed) && await impatient.StatusAsync("whole.tif") == nameof(RunState.Complete));

        Assert.Contains("plan.json", (await impatient.FindAsync("torn.tif"))!.Value.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_queue_holds_older_messages_only_waits_its_turn()
    {
        // Forty batches of a slide, which are taken out of their queue a few at a time, each after seconds.
        await using var slow = await Line.StartAsync(FaultyLine.Options.With("Tiling__BatchSize", "3").With("Slides__requestTimeout", "00:00:10"));
        var run = await slow.CompleteAsync("behind.tif", Slide);
        slow.Proxy!.Fault = async context =>
        {
            if (context.Request.Method == "GET" && context.Request.Path.Value!.Contains("/patches/before.tif/", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromSeconds(6), context.RequestAborted);
            }

            return false;
        };
        await slow.DropAsync("before.tif", Slide);
        await slow.SendEventAsync("before.tif");
        var queue = slow.Queues.GetQueueClient(Queues.PatchBatches);
        await Eventually.HoldsAsync(() => slow.Log, async () => (await queue.PeekMessagesAsync(32, Token)).Value.Length > 16);
        await slow.UnpublishAsync("behind.tif", run);
        await slow.Tables.GetTableClient(Tables.Batches).DeleteEntityAsync(TableKeys.RunPartition(SlideId.FromName("behind.tif"), run), TableKeys.BatchRow(0), cancellationToken: Token);

        // Its patience is twice the lease of two seconds.
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(7);)
        {
            await slow.SweepAsync();
        }

        Assert.Equal(0, (await slow.RunRowAsync("behind.tif", run)).GetInt32("Redrives"));
        Assert.NotEmpty((await queue.PeekMessagesAsync(32, Token)).Value);
        slow.Proxy.Fault = null;
        await slow.SweepUntilAsync(async () => await slow.StatusAsync("behind.tif") == nameof(RunState.Complete));
    }

    [Fact]
    public async Task A_run_that_waits_for_its_completion_behind_others_only_waits_its_turn()
    {
        // A hundred completions, which are taken out of their queue some at a time and take seconds.
        await using var slow = await Line.StartAsync(FaultyLine.Options.With("Slides__requestTimeout", "00:00:30"));
        var run = await slow.CompleteAsync("behind.tif", Slide);
        var before = await slow.CompleteAsync("before.tif", Slide);
        slow.Proxy!.Fault = async context =>
        {
            if (context.Request.Method == "GET" && context.Request.Path.Value!.Contains("/results/before.tif/", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromSeconds(15), context.RequestAborted);
            }

            return false;
        };
        await slow.UnpublishAsync("before.tif", before);

        // The sweep itself would read what is slow of it.
        await slow.Tables.GetTableClient(Tables.OpenRuns).DeleteEntityAsync(TableKeys.OpenRunPartition(before), TableKeys.OpenRunRow(SlideId.FromName("before.tif"), before), cancellationToken: Token);
        for (var message = 0; message < 100; message++)
        {
            await slow.SendCompleteAsync("before.tif", before);
        }

        var queue = slow.Queues.GetQueueClient(Queues.FinishedRuns);
        await slow.UnpublishAsync("behind.tif", run);

        // Its patience is twice the lease of two seconds.
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(7);)
        {
            await slow.SweepAsync();
        }

        Assert.Equal(0, (await slow.RunRowAsync("behind.tif", run)).GetInt32("Redrives"));
        Assert.NotEmpty((await queue.PeekMessagesAsync(32, Token)).Value);
        slow.Proxy.Fault = null;
        await slow.SweepUntilAsync(async () => await slow.StatusAsync("behind.tif") == nameof(RunState.Complete));
    }

    /// <summary>The host's patience counts from the delivery: what waits in the app would be ended with everything that is in work.</summary>
    [Fact]
    public async Task A_slide_that_waits_long_for_its_turn_goes_back_into_its_queue_and_gets_its_result()
    {
        await using var slow = await Line.StartAsync(new LineOptions { WatchesUploads = false, IsCounted = true }.With("Work__SlidesAtOnce", "1").With("Work__LongestWait", "00:00:01"));
        var goOn = new TaskCompletionSource();
        slow.Proxy!.Fault = async context =>
        {
            if (context.Request.Method == "PUT" && context.Request.Path.Value!.Contains("/patches/first.tif/", StringComparison.Ordinal))
            {
                await goOn.Task;
            }

            return false;
        };
        await slow.DropAsync("first.tif", Slide);
        await slow.SendEventAsync("first.tif");
        await Eventually.HoldsAsync(() => slow.Log, async () => await slow.StatusAsync("first.tif") == nameof(RunState.Tiling));
        await slow.DropAsync("second.tif", Slide);
        await slow.SendEventAsync("second.tif");

        await Eventually.HoldsAsync(() => slow.Log, () => Task.FromResult(slow.Log.Contains("goes back into its queue", StringComparison.Ordinal)));
        goOn.SetResult();

        await slow.WaitForAsync("first.tif", nameof(RunState.Complete));
        await slow.WaitForAsync("second.tif", nameof(RunState.Complete));
    }

    [Fact]
    public async Task An_open_run_that_nobody_wants_is_superseded()
    {
        var run = await line.CompleteAsync("wanted.tif", Slide);
        var unwanted = RunId.Parse("0123456789abcdef");
        var row = await line.RunRowAsync("wanted.tif", run);
        row.RowKey = unwanted.Value;
        row["State"] = nameof(RunState.Tiling);
        await line.Tables.GetTableClient(Tables.OpenRuns).UpsertEntityAsync(
            new TableEntity(TableKeys.OpenRunPartition(unwanted), TableKeys.OpenRunRow(SlideId.FromName("wanted.tif"), unwanted)), cancellationToken: Token);
        await line.Tables.GetTableClient(Tables.Runs).AddEntityAsync(row, Token);

        await line.SweepUntilAsync(async () => (await line.RunRowAsync("wanted.tif", unwanted)).GetString("State") == nameof(RunState.Superseded));

        Assert.DoesNotContain(await line.RowsAsync(Tables.OpenRuns), open => open.RowKey == TableKeys.OpenRunRow(SlideId.FromName("wanted.tif"), unwanted));
        Assert.Equal(nameof(RunState.Complete), await line.StatusAsync("wanted.tif"));
    }

    [Theory]
    [InlineData(Queues.SlideUploads, "tile-failed")]
    [InlineData(Queues.FinishedRuns, "complete-failed")]
    public async Task A_message_that_was_delivered_too_often_fails_its_run_and_retry_completes_it(string queue, string code)
    {
        var name = $"{code}.tif";
        var run = await line.CompleteAsync(name, Slide);
        await line.UnpublishAsync(name, run);

        await line.SendAsync(queue + Queues.PoisonSuffix, JsonSerializer.Serialize(new { v = 1, slide = name, run = run.Value }));
        var failed = await line.WaitForAsync(name, nameof(RunState.Failed));
        using var retried = await line.PostAsync(name, "retry");
        await line.WaitForAsync(name, nameof(RunState.Complete));

        Assert.Equal(code, failed.GetProperty("failureCode").GetString());
        Assert.Equal(run.Value, failed.GetProperty("run").GetString());
    }

    [Fact]
    public async Task An_event_that_was_delivered_too_often_fails_its_slide_and_retry_decides_for_it()
    {
        await line.DropAsync("undecided.tif", Slide);

        await line.SendAsync(Queues.SlideUploads + Queues.PoisonSuffix, JsonSerializer.Serialize(new { subject = "/blobServices/default/containers/slides/blobs/undecided.tif" }));
        var failed = await line.WaitForAsync("undecided.tif", nameof(RunState.Failed));
        using var retried = await line.PostAsync("undecided.tif", "retry");
        await line.WaitForAsync("undecided.tif", nameof(RunState.Complete));

        Assert.Equal("upload-failed", failed.GetProperty("failureCode").GetString());
    }

    private static Task<bool> FailAsync(HttpContext context, string path)
    {
        var fails = context.Request.Method == "GET" && context.Request.Path.Value!.Contains(path, StringComparison.Ordinal);
        context.Response.StatusCode = fails ? StatusCodes.Status503ServiceUnavailable : context.Response.StatusCode;
        return Task.FromResult(fails);
    }
}
