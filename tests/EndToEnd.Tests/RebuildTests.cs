using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The tables are the query surface, not the truth: they can be lost.</summary>
public sealed class RebuildTests
{
    private static readonly ImmutableArray<string> Restored = [Tables.Slides, Tables.Runs, Tables.Batches, Tables.Patches];

    /// <summary>The server's own, and times that are known to the tenth of a second only.</summary>
    private static readonly ImmutableHashSet<string> NotCompared = ["odata.etag", "Timestamp", "Uploaded", "TilingStarted", "TilingEnded", "FirstUpload"];

    [Fact]
    public async Task Rows_of_complete_runs_are_restored_from_blobs_as_they_were_and_other_slides_are_decided_anew()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var token = TestContext.Current.CancellationToken;
        var slide = SyntheticSlide.OfTissue(700, 600, 4, 81).ToLibvipsPyramid(4);
        await DropAsync("one.tif", nameof(RunState.Complete), slide);
        await DropAsync("case 7/two.tif", nameof(RunState.Complete), slide);
        using var rescored = await line.PostAsync("one.tif", "rescore", "again");
        await line.WaitUntilIdleAsync();
        await line.WaitForAsync("one.tif", nameof(RunState.Complete));
        var before = await RowsAsync(line);
        await DropAsync("bad.tif", nameof(RunState.Failed), "no slide"u8.ToArray());
        foreach (var table in Tables.All)
        {
            foreach (var row in await line.RowsAsync(table))
            {
                await line.Tables.GetTableClient(table).DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: token);
            }
        }

        using var rebuilt = await line.Api.PostAsync("api/rebuild", null, token);

        Assert.Contains("\"runs\":3,\"leftOut\":[],\"decided\":1,\"continuation\":null", await rebuilt.Content.ReadAsStringAsync(token), StringComparison.Ordinal);
        Assert.Equal(before, (await RowsAsync(line)).Where(row => !row.Contains("bad.tif", StringComparison.Ordinal)));
        await line.WaitForAsync("bad.tif", nameof(RunState.Failed));

        async Task DropAsync(string name, string status, byte[] content)
        {
            await line.DropAsync(name, content);
            await line.SendEventAsync(name);
            await line.WaitForAsync(name, status);
            await line.WaitUntilIdleAsync();
        }
    }

    [Fact]
    public async Task A_run_of_which_something_is_gone_is_named_and_all_others_are_restored()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var token = TestContext.Current.CancellationToken;
        var slide = SyntheticSlide.OfTissue(700, 600, 4, 82).ToLibvipsPyramid(4);
        var results = line.Container(Containers.Results);
        foreach (var name in new[] { "gone.tif", "torn.tif", "whole.tif" })
        {
            await line.DropAsync(name, slide);
            await line.SendEventAsync(name);
            await line.WaitForAsync(name, nameof(RunState.Complete));
        }

        await line.WaitUntilIdleAsync();
        var (gone, torn) = (await RunOfAsync("gone.tif"), await RunOfAsync("torn.tif"));
        await results.DeleteBlobAsync(BlobNames.BatchScores(SlideId.FromName("gone.tif"), gone, 0), cancellationToken: token);
        await results.GetBlobClient(BlobNames.Plan(SlideId.FromName("torn.tif"), torn)).UploadAsync(BinaryData.FromString("{"), overwrite: true, token);

        using var answer = await line.Api.PostAsync("api/rebuild", null, token);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(token));
        var rebuilt = await answer.Content.ReadFromJsonAsync<JsonElement>(token);
        Assert.Equal(1, rebuilt.GetProperty("runs").GetInt32());
        var left = rebuilt.GetProperty("leftOut").EnumerateArray().ToList();
        Assert.Equal(["gone.tif", "torn.tif"], left.Select(run => run.GetProperty("slide").GetString()));
        Assert.Equal([gone.Value, torn.Value], left.Select(run => run.GetProperty("run").GetString()));
        Assert.Contains("scores are gone", left[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(left[1].GetProperty("reason").GetString()!);

        async Task<RunId> RunOfAsync(string name) => RunId.Parse((await line.FindAsync(name))!.Value.GetProperty("run").GetString()!);
    }

    [Fact]
    public async Task A_run_that_is_not_final_stays_open_for_the_sweep_and_one_that_is_being_deleted_gets_no_rows()
    {
        await using var line = await Line.StartAsync(FaultyLine.Options);
        var token = TestContext.Current.CancellationToken;
        var slide = SyntheticSlide.OfTissue(700, 600, 4, 83).ToLibvipsPyramid(4);
        var open = await line.CompleteAsync("open.tif", slide);
        var going = await line.CompleteAsync("going.tif", slide);

        // Completing died after it had stored the document; deleting, after it had deleted the rows.
        await line.UnpublishAsync("open.tif", open, keepsDocument: true);
        await line.SetRunAsync(SlideId.FromName("going.tif"), going, RunState.Deleting);
        var partition = TableKeys.RunPartition(SlideId.FromName("going.tif"), going);
        foreach (var row in await line.RowsAsync(Tables.Patches, partition))
        {
            await line.Tables.GetTableClient(Tables.Patches).DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: token);
        }

        using var rebuilt = await line.Api.PostAsync("api/rebuild", null, token);

        Assert.True(rebuilt.IsSuccessStatusCode, await rebuilt.Content.ReadAsStringAsync(token));
        Assert.Empty(await line.RowsAsync(Tables.Patches, partition));
        Assert.Equal(TableKeys.OpenRunRow(SlideId.FromName("open.tif"), open), Assert.Single(await line.RowsAsync(Tables.OpenRuns)).RowKey);
        await line.SweepUntilAsync(async () => await line.StatusAsync("open.tif") == nameof(RunState.Complete));
    }

    [Fact]
    public async Task A_rebuild_goes_on_where_the_last_call_ended()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < 45; i++)
        {
            await line.Container(Containers.Results).GetBlobClient($"slide~20{i}.tif/0123456789abcdef/plan.json").UploadAsync(BinaryData.Empty, token);
        }

        var calls = 0;
        string? continuation = null;
        do
        {
            using var answer = await line.Api.PostAsync($"api/rebuild{(continuation is null ? "" : $"?continuation={Uri.EscapeDataString(continuation)}")}", null, token);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(token));
            continuation = (await answer.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("continuation").GetString();
            calls++;
        }
        while (continuation is not null && calls < 10);

        Assert.Equal(3, calls);
    }

    private static async Task<List<string>> RowsAsync(Line line)
    {
        var rows = new List<string>();
        foreach (var table in Restored)
        {
            rows.AddRange((await line.RowsAsync(table)).Select(row => $"{table} {Describe(row)}"));
        }

        return rows;
    }

    private static string Describe(TableEntity row) => string.Join(
        "; ",
        row.Where(column => !NotCompared.Contains(column.Key)).OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Key}={column.Value}")));
}
