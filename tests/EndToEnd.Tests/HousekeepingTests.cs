using System.Net;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Specialized;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What the sweep does once a day, here at once.</summary>
public sealed class HousekeepingTests
{
    private const string Name = "kept.tif";

    private static readonly byte[] Slide = SyntheticSlide.OfTissue(500, 400, 4, 61).ToLibvipsPyramid(4);

    [Fact]
    public async Task A_deleted_slide_is_purged_with_everything_that_was_stored_of_it()
    {
        await using var line = await StartAsync();
        var token = TestContext.Current.CancellationToken;
        await DropAsync(line);
        await line.Container(Containers.Masks).GetBlobClient(BlobNames.Mask(SlideId.FromName(Name))).UploadAsync(BinaryData.FromBytes([1]), token);
        await line.Container(Containers.Corrections).GetBlobClient(Name).UploadAsync(BinaryData.FromString("""{"run":"0123456789abcdef","items":[{"row":1,"column":1,"label":"Idc","by":"Dr Reviewer","at":"2026-01-31T00:00:00Z"}]}"""), token);
        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), token);

        await SweepUntilAsync(line, async () => await line.FindAsync(Name) is null);

        foreach (var table in new[] { Tables.Slides, Tables.SlidesNewest, Tables.Runs, Tables.OpenRuns, Tables.Batches, Tables.Patches, Tables.Failures })
        {
            // The host's own timer may be in the middle of the same purge.
            await Eventually.HoldsAsync(() => $"{table} has rows:{Environment.NewLine}{line.Log}", async () => (await line.RowsAsync(table)).Count == 0);
        }

        foreach (var container in new[] { Containers.Slides, Containers.Patches, Containers.Results, Containers.Masks, Containers.Corrections })
        {
            Assert.Empty(await line.BlobNamesAsync(container));
        }

        await DropAsync(line);
    }

    /// <summary>Its run is gone long before: the row of its upload holds the slide's name too.</summary>
    [Fact]
    public async Task Of_a_purged_slide_no_upload_is_known_either_whose_run_was_deleted_before()
    {
        await using var line = await StartAsync();
        var old = await line.CompleteAsync(Name, Slide);
        var etag = await line.DropAsync(Name, SyntheticSlide.OfTissue(500, 400, 4, 63).ToLibvipsPyramid(4));
        await line.SendEventAsync(Name);
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        await SweepUntilAsync(line, async () => (await line.RowsAsync(Tables.Runs, Name)).TrueForAll(row => row.RowKey != old.Value));
        Assert.Equal(2, (await line.RowsAsync(Tables.Runs, Name)).Count(row => !RunId.TryParse(row.RowKey, out _)));

        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), TestContext.Current.CancellationToken);
        await SweepUntilAsync(line, async () => await line.FindAsync(Name) is null);

        Assert.Empty(await line.RowsAsync(Tables.Runs));
    }

    /// <summary>By its partition's name the slide that storage holds fast comes first.</summary>
    [Fact]
    public async Task A_slide_that_can_not_be_purged_keeps_no_other_one_and_snapshots_go_with_their_slide()
    {
        await using var line = await StartAsync();
        var token = TestContext.Current.CancellationToken;
        string[] names = [.. Enumerable.Range(0, 3).Select(i => $"{i}.tif").OrderBy(name => TableKeys.SlidePartition(SlideId.FromName(name)), StringComparer.Ordinal)];
        foreach (var name in names)
        {
            await line.CompleteAsync(name, Slide);
        }

        await line.WaitUntilIdleAsync();
        var held = line.Container(Containers.Slides).GetBlobClient(names[0]);
        await held.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(-1), cancellationToken: token);
        await line.Container(Containers.Slides).GetBlobClient(names[1]).CreateSnapshotAsync(cancellationToken: token);
        foreach (var name in names)
        {
            using var deleted = await line.Api.DeleteAsync(Line.SlidePath(name), token);
        }

        await SweepUntilAsync(line, async () => await line.FindAsync(names[1]) is null && await line.FindAsync(names[2]) is null);

        Assert.Equal("Purging", (await line.FindAsync(names[0]))!.Value.GetProperty("status").GetString());
        Assert.Equal([names[0]], await line.BlobNamesAsync(Containers.Slides));
        Assert.Contains("LeaseIdMissing", line.Log, StringComparison.Ordinal);
        await held.GetBlobLeaseClient().BreakAsync(cancellationToken: token);
        await SweepUntilAsync(line, async () => await line.FindAsync(names[0]) is null);
    }

    [Fact]
    public async Task A_slide_that_is_being_purged_is_not_restored_and_a_new_upload_of_its_name_stays()
    {
        await using var line = await StartAsync();
        await DropAsync(line);
        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), TestContext.Current.CancellationToken);
        var row = Assert.Single(await line.RowsAsync(Tables.Slides));
        row["Status"] = "Purging";
        await line.Tables.GetTableClient(Tables.Slides).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, TestContext.Current.CancellationToken);

        using var restored = await line.PostAsync(Name, "restore");
        Assert.Equal(HttpStatusCode.Conflict, restored.StatusCode);

        var etag = await line.DropAsync(Name, Slide);
        await line.SendEventAsync(Name);
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        await line.SweepAsync();
        Assert.Equal(nameof(RunState.Complete), (await line.FindAsync(Name))!.Value.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_slide_whose_event_was_lost_is_found_and_scored()
    {
        await using var line = await StartAsync();
        var etag = await line.DropAsync(Name, Slide);

        await SweepUntilAsync(line, async () => (await line.FindAsync(Name))?.GetProperty("status").GetString() == nameof(RunState.Complete));

        Assert.Equal(etag, (await line.FindAsync(Name))!.Value.GetProperty("etag").GetString());
    }

    [Fact]
    public async Task A_superseded_run_is_deleted_with_everything_that_was_stored_of_it()
    {
        await using var line = await StartAsync();
        var old = await line.CompleteAsync(Name, Slide);
        var etag = await line.DropAsync(Name, SyntheticSlide.OfTissue(500, 400, 4, 62).ToLibvipsPyramid(4));
        await line.SendEventAsync(Name);
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);

        await SweepUntilAsync(line, async () => (await line.RowsAsync(Tables.Runs, Name)).TrueForAll(row => row.RowKey != old.Value));

        foreach (var table in new[] { Tables.Batches, Tables.Patches, Tables.Failures })
        {
            Assert.Empty(await line.RowsAsync(table, TableKeys.RunPartition(SlideId.FromName(Name), old)));
        }

        foreach (var container in new[] { Containers.Patches, Containers.Results })
        {
            Assert.DoesNotContain(await line.BlobNamesAsync(container), blob => blob.StartsWith(BlobNames.RunFolder(SlideId.FromName(Name), old), StringComparison.Ordinal));
        }

        Assert.NotEmpty(await line.GetExportAsync(Name, Exports.PatchesCsv));
    }

    /// <summary>Else its corrected patches have no pictures any more, and the next rescore has to cut the slide again.</summary>
    [Fact]
    public async Task A_superseded_run_stays_while_the_published_one_reads_its_patches()
    {
        await using var line = await StartAsync();
        var first = await line.CompleteAsync(Name, Slide);
        using var rescored = await line.PostAsync(Name, "rescore", "again");
        await Eventually.HoldsAsync(() => line.Log, async () => (await line.PublishedAsync(Name))?.Run != first.Value);
        await line.WaitForAsync(Name, nameof(RunState.Complete));

        // Twice, so that the first time is over.
        for (var times = 0; times < 2; times++)
        {
            var from = TimeProvider.System.GetUtcNow().AddSeconds(2);
            await SweepUntilAsync(line, async () => (await line.Container(Containers.Keys).GetBlobClient("housekeeping").GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.LastModified > from);
        }

        Assert.Contains(await line.RowsAsync(Tables.Runs, Name), row => row.RowKey == first.Value);
        Assert.Contains(await line.BlobNamesAsync(Containers.Patches), blob => blob.StartsWith(BlobNames.RunFolder(SlideId.FromName(Name), first), StringComparison.Ordinal));
    }

    private static async Task<Line> StartAsync()
    {
        var options = new LineOptions { WatchesUploads = false };
        return await Line.StartAsync(options with
        {
            Settings = options.Settings.Add("Sweep__PurgeAfter", "00:00:01").Add("Sweep__HousekeepingEvery", "00:00:01").Add("Sweep__LostAfter", "00:00:01").Add("Sweep__KeepSupersededFor", "00:00:01"),
        });
    }

    private static async Task DropAsync(Line line)
    {
        var etag = await line.DropAsync(Name, Slide);
        await line.SendEventAsync(Name);
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        await line.WaitUntilIdleAsync();
    }

    private static async Task SweepUntilAsync(Line line, Func<Task<bool>> condition) => await Eventually.HoldsAsync(() => line.Log, async () =>
    {
        await line.SweepAsync();
        return await condition();
    });
}
