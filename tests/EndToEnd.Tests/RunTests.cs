using System.Diagnostics;
using System.Net;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What may go wrong with a run in flight, and that its results are the same as if nothing had.</summary>
public sealed class RunTests
{
    private const string Name = "run.tif";

    private static readonly byte[] Slide = SyntheticSlide.OfTissue(1200, 900, 4, 11).ToLibvipsPyramid(4);

    [Fact]
    public async Task A_handler_killed_in_mid_slide_leaves_the_results_of_a_calm_run()
    {
        await using var line = await Line.StartAsync();
        var calm = await SnapshotAsync(line, "calm.tif", await line.DropAsync("calm.tif", Slide));

        var etag = await line.DropAsync(Name, Slide);
        for (var kills = 0; kills < 2; kills++)
        {
            var finished = kills + 1;
            await Eventually.HoldsAsync(() => line.Log, async () => (await line.RowsAsync(Tables.Batches)).Count(row => row.PartitionKey.StartsWith(Name, StringComparison.Ordinal)) >= finished);
            Process.GetProcessById((await HandlerAsync(line))!.Value).Kill();
        }

        Assert.Equal(calm, await SnapshotAsync(line, Name, etag));
    }

    [Fact]
    public async Task Every_message_twice_and_in_another_order_gives_the_same_rows_and_bytes()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var etag = await line.DropAsync(Name, Slide);
        await line.SendEventAsync(Name);
        var before = await SnapshotAsync(line, Name, etag);
        var run = (await line.FindAsync(Name))!.Value.GetProperty("run").GetString()!;
        var plan = (await line.FindPlanAsync(Name, run))!;
        var blobs = await BlobsAsync(line);

        await line.SendAsync(Queues.FinishedRuns, JsonSerializer.Serialize(new { v = 1, slide = Name, run }));
        foreach (var batch in Enumerable.Range(0, plan.Batches).Reverse())
        {
            await line.SendAsync(Queues.PatchBatches, JsonSerializer.Serialize(new { v = 1, slide = Name, run, batch }));
        }

        await line.SendAsync(Queues.SlideUploads, JsonSerializer.Serialize(new { v = 1, slide = Name, run }));
        await line.SendEventAsync(Name);
        await line.WaitUntilIdleAsync();

        Assert.Equal(before, await SnapshotAsync(line, Name, etag));
        Assert.Equal(blobs, await BlobsAsync(line));
        Assert.Single(await line.RowsAsync(Tables.Runs, Name), row => !row.RowKey.StartsWith("upload-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_that_come_before_or_without_their_run_do_nothing()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });

        await line.SendAsync(Queues.PatchBatches, """{"v":1,"slide":"ghost.tif","run":"0123456789abcdef","batch":0}""");
        await line.SendAsync(Queues.FinishedRuns, """{"v":1,"slide":"ghost.tif","run":"0123456789abcdef"}""");
        await line.SendAsync(Queues.SlideUploads, """{"v":1,"slide":"ghost.tif","run":"0123456789abcdef"}""");
        await line.SendEventAsync("never-uploaded.tif");
        await line.WaitUntilIdleAsync();

        Assert.Empty(await line.RowsAsync(Tables.Slides));
        Assert.Empty(await line.RowsAsync(Tables.Runs));
    }

    [Fact]
    public async Task Two_deliveries_of_one_upload_at_once_make_one_run()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var etag = await line.DropAsync(Name, Slide);
        for (var i = 0; i < 6; i++)
        {
            await line.SendEventAsync(Name);
        }

        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        await line.WaitUntilIdleAsync();

        Assert.Single(await line.RowsAsync(Tables.Runs, Name), row => !row.RowKey.StartsWith("upload-", StringComparison.Ordinal));
        Assert.Empty(await line.RowsAsync(Tables.OpenRuns));
    }

    [Fact]
    public async Task A_slide_overwritten_while_it_is_tiled_ends_with_the_new_contents_result_only()
    {
        await using var line = await Line.StartAsync();
        var large = SyntheticSlide.OfTissue(4000, 3000, 1, 12).ToLibvipsPyramid(1);
        var first = await line.DropAsync(Name, large);
        await Eventually.HoldsAsync(() => line.Log, async () => await line.FindAsync(Name) is not null);
        var second = await line.DropAsync(Name, Slide);

        var answer = await line.WaitForAsync(Name, nameof(RunState.Complete), second);
        await line.WaitUntilIdleAsync();

        Assert.NotEqual(first, second);
        var runs = (await line.RowsAsync(Tables.Runs, Name)).Where(row => !row.RowKey.StartsWith("upload-", StringComparison.Ordinal)).ToList();
        Assert.Equal(nameof(RunState.Complete), Assert.Single(runs, row => row.RowKey == answer.GetProperty("run").GetString()).GetString("State"));
        Assert.All(runs, row => Assert.Contains(row.GetString("State"), new[] { nameof(RunState.Complete), nameof(RunState.Superseded) }));
        Assert.Equal(12 * 9 * 2 * 2, answer.GetProperty("gridCells").GetInt32());
    }

    [Fact]
    public async Task A_late_event_of_an_upload_does_not_undo_a_rescore()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var etag = await line.DropAsync(Name, Slide);
        await line.SendEventAsync(Name);
        var uploaded = await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        using var accepted = await line.PostAsync(Name, "rescore", "key-1");
        await line.WaitUntilIdleAsync();
        var rescored = await line.WaitForAsync(Name, nameof(RunState.Complete), etag);

        await line.SendEventAsync(Name);
        using var again = await line.PostAsync(Name, "rescore", "key-1");
        await line.WaitUntilIdleAsync();

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.NotEqual(uploaded.GetProperty("run").GetString(), rescored.GetProperty("run").GetString());
        Assert.Equal(rescored.GetProperty("run").GetString(), (await line.FindAsync(Name))!.Value.GetProperty("run").GetString());
        Assert.Equal(2, (await line.RowsAsync(Tables.Runs, Name)).Count(row => !row.RowKey.StartsWith("upload-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_upgrade_in_mid_run_loses_nothing_and_leaves_messages_of_a_newer_program_to_it()
    {
        var token = TestContext.Current.CancellationToken;
        await using var line = await Line.StartAsync();
        var calm = await line.WaitForAsync("calm.tif", nameof(RunState.Complete), await line.DropAsync("calm.tif", Slide));
        await line.DropAsync(Name, Slide);
        await Eventually.HoldsAsync(() => line.Log, async () => await line.FindAsync(Name) is not null);

        // The old program goes while its batches are about, and one of the next program has written already.
        await line.Host.DisposeAsync();
        await line.SendAsync(Queues.PatchBatches, """{"v":2,"batch":"of a newer program"}""");
        await line.StartHostAsync();
        var upgraded = await line.WaitForAsync(Name, nameof(RunState.Complete));

        Assert.Equal(calm.GetProperty("patches").GetInt32(), upgraded.GetProperty("patches").GetInt32());
        Assert.Equal(await line.GetExportAsync("calm.tif", Exports.PatchesCsv), await line.GetExportAsync(Name, Exports.PatchesCsv));
        Assert.Equal(1, (await line.Queues.GetQueueClient(Queues.PatchBatches).GetPropertiesAsync(token)).Value.ApproximateMessagesCount);
        Assert.Empty(await line.BlobNamesAsync(Containers.Poison));
    }

    [Fact]
    public async Task A_model_activated_in_mid_run_changes_nothing_until_a_rescore_is_asked_for()
    {
        await using var line = await Line.StartAsync();
        var token = TestContext.Current.CancellationToken;
        await new ToyModel("2.0.0", slope: -9).PublishAsync(line.ConnectionString, token);
        var calm = await SnapshotAsync(line, "calm.tif", await line.DropAsync("calm.tif", Slide));

        var etag = await line.DropAsync(Name, Slide);
        await Eventually.HoldsAsync(() => line.Log, async () => (await line.RowsAsync(Tables.Batches)).Exists(row => row.PartitionKey.StartsWith(Name, StringComparison.Ordinal)));
        using var activated = await line.Api.PostAsync("api/models/toy/2.0.0/activate", null, token);

        Assert.Equal(HttpStatusCode.NoContent, activated.StatusCode);
        Assert.Equal(calm, await SnapshotAsync(line, Name, etag));
        Assert.Equal("toy 1.0.0", (await line.FindAsync(Name))!.Value.GetProperty("model").GetString());

        using var rescored = await line.PostAsync(Name, "rescore");
        var run = await NextRunAsync(line, Name, (await line.RowsAsync(Tables.Runs, Name)).Select(row => row.RowKey));
        var answer = await line.WaitForAsync(Name, nameof(RunState.Complete), etag, run);
        Assert.Equal("toy 2.0.0", answer.GetProperty("model").GetString());
        Assert.NotEqual(calm, await SnapshotAsync(line, Name, etag));
    }

    [Fact]
    public async Task A_deleted_slide_stops_and_comes_back_with_its_result()
    {
        await using var line = await Line.StartAsync();
        var etag = await line.DropAsync(Name, Slide);
        var before = await SnapshotAsync(line, Name, etag);

        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), TestContext.Current.CancellationToken);
        using var gone = await line.Api.GetAsync($"{Line.SlidePath(Name)}/patches", TestContext.Current.CancellationToken);
        using var restored = await line.PostAsync(Name, "restore");

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, restored.StatusCode);
        Assert.Equal(before, await SnapshotAsync(line, Name, etag));
        Assert.Empty(await line.RowsAsync(Tables.OpenRuns));
    }

    [Fact]
    public async Task An_upload_whose_event_comes_after_the_slide_was_deleted_is_deleted_with_it()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        await line.WaitForAsync(Name, nameof(RunState.Complete), await DropWithEventAsync(line, Name));

        await line.DropAsync(Name, Slide);
        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), TestContext.Current.CancellationToken);
        await line.SendEventAsync(Name);
        await line.WaitUntilIdleAsync();

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal("Deleted", (await line.FindAsync(Name))!.Value.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_slide_deleted_in_mid_run_and_restored_is_finished()
    {
        await using var line = await Line.StartAsync();
        var calm = await SnapshotAsync(line, "calm.tif", await line.DropAsync("calm.tif", Slide));
        var etag = await line.DropAsync(Name, Slide);
        await Eventually.HoldsAsync(() => line.Log, async () => await line.FindAsync(Name) is not null);

        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), TestContext.Current.CancellationToken);
        await line.WaitUntilIdleAsync();
        using var restored = await line.PostAsync(Name, "restore");

        Assert.Equal(HttpStatusCode.Accepted, restored.StatusCode);
        Assert.Equal(calm, await SnapshotAsync(line, Name, etag));
    }

    [Fact]
    public async Task A_blob_that_is_deleted_takes_its_slide_away()
    {
        await using var line = await Line.StartAsync();
        var etag = await line.DropAsync(Name, Slide);
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);

        await line.Container(Containers.Slides).DeleteBlobAsync(Name, cancellationToken: TestContext.Current.CancellationToken);
        await line.WaitForAsync(Name, "Deleted");
        using var restored = await line.PostAsync(Name, "restore");

        Assert.Equal(HttpStatusCode.Conflict, restored.StatusCode);
        Assert.Contains("slide-gone", await restored.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_message_was_lost_is_driven_on_by_the_sweep()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false, Lease = TimeSpan.FromSeconds(1) });
        var calm = await SnapshotAsync(line, "calm.tif", await DropWithEventAsync(line, "calm.tif"));
        var etag = await DropWithEventAsync(line, Name);
        await Eventually.HoldsAsync(() => line.Log, async () => (await line.RowsAsync(Tables.Batches)).Exists(row => row.PartitionKey.StartsWith(Name, StringComparison.Ordinal)));
        foreach (var queue in Queues.Triggering)
        {
            await line.Queues.GetQueueClient(queue).ClearMessagesAsync(TestContext.Current.CancellationToken);
        }

        await Eventually.HoldsAsync(() => line.Log, async () =>
            {
                await line.SweepAsync();
                return (await line.FindAsync(Name))?.GetProperty("status").GetString() == nameof(RunState.Complete);
            });
        Assert.Equal(calm, await SnapshotAsync(line, Name, etag));
    }

    /// <summary>What a slide's readers see, without times, ETags, run ids and counters of work done.</summary>
    private static async Task<string> SnapshotAsync(Line line, string name, string etag)
    {
        var answer = await line.WaitForAsync(name, nameof(RunState.Complete), etag);
        await line.WaitUntilIdleAsync();
        var run = answer.GetProperty("run").GetString()!;
        var partition = TableKeys.RunPartition(SlideId.FromName(name), RunId.Parse(run));
        var rows = (await line.RowsAsync(Tables.Patches, partition)).Select(row => $"{row.RowKey} {row["Probability"]} {row["MinX"]} {row["MinY"]} {row["Width"]} {row["Height"]} {row["Qualities"]}");
        var batches = (await line.RowsAsync(Tables.Batches, partition)).Select(row => $"{row.RowKey} {row["Patches"]} {row["ProbabilitySum"]} {row["Provider"]}");
        var geo = System.Text.Encoding.UTF8.GetString(await line.GetExportAsync(name, Exports.PatchesGeoJson));
        using var features = JsonDocument.Parse(geo);
        return string.Join(
            '\n',
            [
                answer.GetProperty("result").GetProperty("summary").GetRawText(),
                answer.GetProperty("result").GetProperty("properties").GetRawText(),
                .. rows,
                .. batches,
                Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await line.GetExportAsync(name, Exports.PatchesCsv))),
                Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await line.GetExportAsync(name, Exports.HeatmapPng))),
                .. features.RootElement.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("geometry").GetRawText() + feature.GetProperty("properties").GetRawText()),
            ]);
    }

    private static async Task<List<string>> BlobsAsync(Line line)
    {
        var blobs = new List<string>();
        foreach (var container in new[] { Containers.Results, Containers.Patches })
        {
            await foreach (var blob in line.Container(container).GetBlobsAsync(Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, null, TestContext.Current.CancellationToken))
            {
                blobs.Add($"{container}/{blob.Name} {blob.Properties.ETag}");
            }
        }

        return blobs;
    }

    private static async Task<string> DropWithEventAsync(Line line, string name)
    {
        var etag = await line.DropAsync(name, Slide);
        await line.SendEventAsync(name);
        return etag;
    }

    private static async Task<string> NextRunAsync(Line line, string name, IEnumerable<string> known)
    {
        var before = known.ToHashSet();
        await Eventually.HoldsAsync(() => line.Log, async () => !before.SetEquals((await line.RowsAsync(Tables.Runs, name)).Select(row => row.RowKey)) || (await line.FindAsync(name))!.Value.GetProperty("status").GetString() != nameof(RunState.Complete));
        return (await line.FindAsync(name))!.Value.GetProperty("run").GetString()!;
    }

    private static async Task<int?> HandlerAsync(Line line) =>
        await Eventually.ResultAsync(() => line.Log, () => Task.FromResult(line.Host.Handler.ProcessId));
}
