using System.Globalization;
using System.Text;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What the line reads of a slide, and what of it stays behind.</summary>
public sealed class ReadingTests
{
    private static readonly SyntheticTiff Aperio = new() { Compression = TiffCompression.Jpeg, Description = SyntheticTiff.Aperio(0.25) + "|Patient = DOE^JANE|Record = XR4711Z" };
    private static readonly SyntheticSlide Slide = SyntheticSlide.OfTissue(6400, 4800, 0.25, 61);

    [Fact]
    public async Task What_a_proxy_before_storage_counts_stands_in_the_slides_row()
    {
        await using var line = await Line.StartAsync(new LineOptions { IsCounted = true });
        var content = Aperio.Encode(Slide);

        await line.DropAsync("counted.svs", content);
        var done = await line.WaitForAsync("counted.svs", "Complete");

        var (gets, bytes) = line.Proxy!.ReadsOf(Containers.Slides, "counted.svs");
        Assert.Equal((gets, bytes, content.Length), (done.GetProperty("gets").GetInt32(), done.GetProperty("bytesRead").GetInt64(), done.GetProperty("slideBytes").GetInt64()));
        Assert.InRange(gets, 1, 12);
        Assert.InRange(bytes, 1, content.Length / 20);
    }

    [Fact]
    public async Task A_proxy_counts_as_many_storage_operations_as_the_result_says()
    {
        var options = new LineOptions { IsCounted = true, WatchesUploads = false };
        await using var line = await Line.StartAsync(options with { Settings = options.Settings.SetItem("Tiling__BatchSize", "64").Add("Prices__TenThousandOperations", "0.5") });
        await line.DropAsync("operations.tif", SyntheticSlide.OfTissue(1300, 1000, 4, 71).ToLibvipsPyramid(4));
        var before = line.Proxy!.Requests.Count;

        await line.SendEventAsync("operations.tif");
        RunDocument? done = null;
        await Eventually.HoldsAsync(() => line.Log, async () => (done = await line.PublishedAsync("operations.tif")) is not null);
        await line.WaitUntilIdleAsync();

        // The host receives and deletes each message: that of the event, which Event Grid has written, of six batches, and of completing.
        var counted = line.Proxy.Requests.Count - before + 1 + (2 * (2 + 6));
        var cost = done!.Cost!;
        Assert.Equal(RunCost.OperationsOf(done.Summary.Patches, 64, done.Gets), cost.StorageOperations);

        // A row that two change at once is read and changed again: two requests more each time. Nothing else is left to chance.
        Assert.InRange(counted, cost.StorageOperations, cost.StorageOperations + 4);
        Assert.Equal(cost.StorageOperations * 0.5 / 10_000, cost.Estimate!.Value, 1e-9);
        Assert.Equal("USD", cost.Currency);
    }

    [Fact]
    public async Task A_proxy_counts_as_many_storage_operations_of_a_rescore_that_reads_stored_patches_as_its_result_says()
    {
        var options = new LineOptions { IsCounted = true, WatchesUploads = false };
        await using var line = await Line.StartAsync(options.With("Tiling__BatchSize", "64"));
        await line.DropAsync("again.tif", SyntheticSlide.OfTissue(1300, 1000, 4, 71).ToLibvipsPyramid(4));
        await line.SendEventAsync("again.tif");
        string? first = null;
        await Eventually.HoldsAsync(() => line.Log, async () => (first = (await line.PublishedAsync("again.tif"))?.Run) is not null);
        await line.WaitUntilIdleAsync();
        var before = line.Proxy!.Requests.Count;

        using var accepted = await line.PostAsync("again.tif", "rescore");
        RunDocument? done = null;
        await Eventually.HoldsAsync(() => line.Log, async () => (done = await line.PublishedAsync("again.tif"))?.Run is { } run && run != first);
        await line.WaitUntilIdleAsync();

        // The host receives and deletes each message: that of tiling, of six batches, and of completing.
        var counted = line.Proxy.Requests.Count - before + (2 * (2 + 6));
        Assert.Equal((0, RunCost.OperationsOfRescore(done!.Summary.Patches, 64)), (done.Gets, done.Cost!.StorageOperations));
        Assert.InRange(counted, done.Cost.StorageOperations, done.Cost.StorageOperations + 4);
    }

    [Fact]
    public async Task A_patients_name_in_a_slides_text_is_in_no_table_blob_log_or_answer()
    {
        await using var line = await Line.StartAsync(new LineOptions());
        var label = (Aperio with { Downsamples = [1], IsStriped = true, Compression = TiffCompression.None, Description = "label of DOE^JANE" }).Pages(SyntheticSlide.OfGlass(300, 200))[0];
        await line.DropAsync("whole.svs", TiffBytes.Write([.. Aperio.Pages(Slide), label], isInterleaved: true));
        await line.DropAsync("refused.svs", TiffBytes.Write((Aperio with { Downsamples = [1], TileSide = 64, Description = "Aperio DOE^JANE XR4711Z" }).Pages(SyntheticSlide.OfGlass(300, 200))));

        await line.WaitForAsync("whole.svs", "Complete");
        await line.WaitForAsync("refused.svs", "Failed");
        await line.WaitUntilIdleAsync();

        var kept = new StringBuilder(line.Log);
        await foreach (var table in line.Tables.QueryAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            foreach (var row in await line.RowsAsync(table.Name))
            {
                kept.AppendLine(JsonSerializer.Serialize(row.ToDictionary(field => field.Key, field => Convert.ToString(field.Value, CultureInfo.InvariantCulture))));
            }
        }

        await foreach (var container in line.Blobs.GetBlobContainersAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            var blobs = line.Container(container.Name);
            await foreach (var blob in blobs.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
            {
                kept.Append(container.Name == Containers.Slides ? "" : Encoding.Latin1.GetString((await blobs.GetBlobClient(blob.Name).DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content));
            }
        }

        foreach (var route in new[] { "api/slides", Line.SlidePath("whole.svs"), Line.SlidePath("refused.svs"), $"{Line.SlidePath("whole.svs")}/patches" })
        {
            kept.AppendLine(await line.Api.GetStringAsync(route, TestContext.Current.CancellationToken));
        }

        Assert.Contains(SlideId.FromName("whole.svs").ToString(), kept.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("DOE", kept.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("XR4711Z", kept.ToString(), StringComparison.Ordinal);
    }
}
