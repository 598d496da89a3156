using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>States that a run is in for moments only, or after a process died: made behind the app's back.</summary>
internal static class LineStates
{
    /// <summary>Drops a slide and waits for its result; returns its run.</summary>
    public static async Task<RunId> CompleteAsync(this Line line, string name, byte[] slide)
    {
        await line.DropAsync(name, slide);
        await line.SendEventAsync(name);
        var done = await line.WaitForAsync(name, nameof(RunState.Complete));
        await line.WaitUntilIdleAsync();
        return RunId.Parse(done.GetProperty("run").GetString()!);
    }

    /// <summary>Takes a complete run back to where its last batch has just been scored; no message is on its way.</summary>
    public static async Task UnpublishAsync(this Line line, string name, RunId run, bool keepsDocument = false)
    {
        var token = TestContext.Current.CancellationToken;
        var slide = SlideId.FromName(name);
        if (!keepsDocument)
        {
            await line.Container(Containers.Results).DeleteBlobAsync(BlobNames.Export(slide, run, Exports.RunJson), cancellationToken: token);
        }

        await line.Tables.GetTableClient(Tables.OpenRuns).UpsertEntityAsync(new TableEntity(TableKeys.OpenRunPartition(run), TableKeys.OpenRunRow(slide, run)), cancellationToken: token);
        await line.SetRunAsync(slide, run, RunState.Scoring);
        var row = (await line.RowsAsync(Tables.Slides)).Single(row => row.GetString("Name") == name);
        foreach (var column in new[] { "Published", "PublishedRun", "PublishedEtag" })
        {
            row.Remove(column);
        }

        row["Status"] = nameof(RunState.Scoring);
        await line.Tables.GetTableClient(Tables.Slides).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace, token);
    }

    /// <summary>Takes away a run's row and blobs, as its deletion does.</summary>
    public static async Task ForgetRunAsync(this Line line, string name, string run)
    {
        var slide = SlideId.FromName(name);
        await line.Tables.GetTableClient(Tables.Runs).DeleteEntityAsync(slide.Value, run, ETag.All, TestContext.Current.CancellationToken);
        foreach (var container in new[] { Containers.Patches, Containers.Results })
        {
            foreach (var blob in (await line.BlobNamesAsync(container)).Where(blob => blob.StartsWith(BlobNames.RunFolder(slide, RunId.Parse(run)), StringComparison.Ordinal)))
            {
                await line.Container(container).DeleteBlobAsync(blob, cancellationToken: TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Writes a run's state.</summary>
    public static async Task SetRunAsync(this Line line, SlideId slide, RunId run, RunState state) => await line.Tables.GetTableClient(Tables.Runs).UpdateEntityAsync(
        new TableEntity(slide.Value, run.Value) { ["State"] = state.ToString() }, ETag.All, TableUpdateMode.Merge, TestContext.Current.CancellationToken);

    /// <summary>Sends "complete this run".</summary>
    public static async Task SendCompleteAsync(this Line line, string name, RunId run) => await line.SendAsync(Queues.FinishedRuns, JsonSerializer.Serialize(new { v = 1, slide = SlideId.FromName(name).Value, run = run.Value }));

    /// <summary>Fires the sweep's timer until something holds.</summary>
    public static async Task SweepUntilAsync(this Line line, Func<Task<bool>> condition) => await Eventually.HoldsAsync(() => line.Log, async () =>
    {
        await line.SweepAsync();
        return await condition();
    });

    /// <summary>A run's row.</summary>
    public static async Task<TableEntity> RunRowAsync(this Line line, string name, RunId run) =>
        (await line.RowsAsync(Tables.Runs, SlideId.FromName(name).Value)).Single(row => row.RowKey == run.Value);

    /// <summary>A slide's status.</summary>
    public static async Task<string?> StatusAsync(this Line line, string name) => (await line.FindAsync(name))?.GetProperty("status").GetString();
}
