using Azure.Storage.Blobs;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Tests.Storage;
using IdcFunctions.Functions.Tests.Telemetry;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Runs;

/// <summary>A purge takes minutes where a run has many batches: what happens to the slide meanwhile is not undone.</summary>
public sealed class SlidePurgeTests(AzuriteFixture azurite)
{
    private const string Name = "purged and new.tif";

    private static readonly SlideId Slide = SlideId.FromName(Name);

    [Fact]
    public async Task Mask_and_labels_of_a_slide_that_is_uploaded_again_while_it_is_purged_stay()
    {
        var token = TestContext.Current.CancellationToken;
        using var measured = new MeasuredMetrics();
        var direct = AccountClients.Of(azurite.ConnectionString);
        var slides = new SlideTable(direct);
        var deleted = await DeletedSlideAsync(direct, slides, measured);
        await StoreAsync(direct, "of the old content");
        await using var proxy = await StorageProxy.StartAsync(azurite.ConnectionString, token);
        proxy.Fault = async context =>
        {
            if (context.Request.Method == "DELETE" && context.Request.Path.Value!.Contains("/Runs(", StringComparison.Ordinal)
                && await slides.FindAsync(Slide, token) is { Status: SlideStatus.Purging } row)
            {
                (row.Status, row.DeletedAt, row.WantedEtag) = (nameof(RunState.Complete), null, "\"0x2\"");
                Assert.True(await slides.TryWriteAsync(row, token));
                await StoreAsync(direct, "of the new content");
            }

            return false;
        };

        Assert.False(await PurgeOf(proxy.ConnectionString, measured).PurgeAsync(deleted, token));

        Assert.Equal(["of the new content", "of the new content"], await Task.WhenAll(Blobs(direct).Select(async blob => (await blob.DownloadContentAsync(token)).Value.Content.ToString())));
        Assert.Equal(nameof(RunState.Complete), (await slides.FindAsync(Slide, token))!.Status);
    }

    private static async Task<SlideRow> DeletedSlideAsync(StorageClients storage, SlideTable slides, MeasuredMetrics measured)
    {
        var token = TestContext.Current.CancellationToken;
        var settings = ToyRun.Settings(Name);
        var run = ToyRunRow.Of(settings, RunState.Complete, DateTimeOffset.UnixEpoch);
        Assert.True(await new RunLedger(storage, slides, new OpenRuns(storage), measured.Metrics).InsertRunAsync(Slide, run, settings.Etag, token));
        Assert.True(await slides.TryWriteAsync(new SlideRow { RowKey = Slide.Value, Name = Name, FirstUpload = DateTimeOffset.UnixEpoch, Status = SlideStatus.Deleted, DeletedAt = DateTimeOffset.UnixEpoch.AddDays(1), WantedEtag = settings.Etag }, token));
        return (await slides.FindAsync(Slide, token))!;
    }

    private static SlidePurge PurgeOf(string connection, MeasuredMetrics measured)
    {
        var storage = AccountClients.Of(connection);
        var slides = new SlideTable(storage);
        var ledger = new RunLedger(storage, slides, new OpenRuns(storage), measured.Metrics);
        return new SlidePurge(storage, slides, ledger, new RunDeletion(storage, ledger), new SlideMasks(storage), new SlideCorrections(storage, new RunFiles(storage)));
    }

    private static async Task StoreAsync(StorageClients storage, string content)
    {
        foreach (var blob in Blobs(storage))
        {
            await blob.UploadAsync(BinaryData.FromString(content), overwrite: true, TestContext.Current.CancellationToken);
        }
    }

    private static BlobClient[] Blobs(StorageClients storage) =>
        [storage.Blobs.GetBlobContainerClient(Containers.Masks).GetBlobClient(BlobNames.Mask(Slide)), storage.Blobs.GetBlobContainerClient(Containers.Corrections).GetBlobClient(Slide.Value)];
}
