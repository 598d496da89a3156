using Azure;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Api;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>A slide's row and its key for the listing, whoever dies or is faster in between.</summary>
public sealed class SlideTableTests
{
    private readonly AzuriteFixture azurite;
    private readonly StorageClients clients;
    private readonly SlideTable slides;

    public SlideTableTests(AzuriteFixture azurite)
    {
        this.azurite = azurite;
        clients = AccountClients.Of(azurite.ConnectionString);
        slides = new(clients);
    }

    [Fact]
    public async Task A_slide_that_was_changed_since_its_row_was_read_is_changed_as_it_is_now()
    {
        var token = TestContext.Current.CancellationToken;
        var known = await InsertAsync("changed.tif");
        var slide = SlideId.FromName(known.Name);
        await slides.ChangeAsync(slide, static row => (row.Reason = "since") is not null, null, token);

        Assert.NotNull(await slides.ChangeAsync(slide, static row => row.Reason == "since" && (row.Remedy = "now") is not null, known, token));

        Assert.Equal(("since", "now"), ((await slides.FindAsync(slide, token))!.Reason, (await slides.FindAsync(slide, token))!.Remedy));
    }

    [Fact]
    public async Task Of_two_who_see_a_slide_first_only_the_faster_one_lists_it()
    {
        var slide = SlideId.FromName("seen twice.tif");
        SlideRow Seen(int second) => new() { RowKey = slide.Value, Name = "seen twice.tif", FirstUpload = DateTimeOffset.UnixEpoch.AddSeconds(second), Status = nameof(RunState.Tiling) };

        Assert.True(await slides.TryWriteAsync(Seen(1), TestContext.Current.CancellationToken));
        Assert.False(await slides.TryWriteAsync(Seen(2), TestContext.Current.CancellationToken));

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
        Assert.True(await slides.TryWriteAsync(new SlideRow { RowKey = slide.Value, Name = "died.tif", FirstUpload = first.AddSeconds(1), Status = nameof(RunState.Tiling) }, token));

        var (listed, _) = await new SlideListing(clients, slides).PageAsync(new SlideQuery(IsNewestFirst: true, "died", null, null, "", 100), token);

        Assert.Equal(["died.tif"], listed.Select(row => row.Name));
    }

    /// <summary>A slide without a key would never be listed, also where a new upload brings it to life again.</summary>
    [Fact]
    public async Task A_slide_whose_deletion_stops_half_way_is_listed_until_it_is_deleted()
    {
        var token = TestContext.Current.CancellationToken;
        var row = await InsertAsync("half-deleted.tif");
        await using var proxy = await StorageProxy.StartAsync(azurite.ConnectionString, token);
        proxy.Fault = context =>
        {
            var dies = context.Request.Method == "DELETE" && context.Request.Path.Value!.Contains("/Slides(", StringComparison.Ordinal);
            context.Response.StatusCode = dies ? 403 : 200;
            return Task.FromResult(dies);
        };
        var behind = AccountClients.Of(proxy.ConnectionString);

        await Assert.ThrowsAsync<RequestFailedException>(() => new SlideTable(behind).TryDeleteAsync(row, token));
        var (listed, _) = await new SlideListing(clients, slides).PageAsync(new SlideQuery(IsNewestFirst: true, "half-deleted", null, null, "", 100), token);

        Assert.Equal(["half-deleted.tif"], listed.Select(one => one.Name));
        Assert.True(await slides.TryDeleteAsync(row, token));
        Assert.False(await HasKeyAsync(row));
    }

    [Fact]
    public async Task A_key_that_is_left_of_a_deleted_slide_is_deleted_and_a_slides_own_stays()
    {
        var token = TestContext.Current.CancellationToken;
        var (own, stray) = (await InsertAsync("kept-key.tif"), await InsertAsync("stray-key.tif"));
        await clients.Tables.GetTableClient(Tables.Slides).DeleteEntityAsync(stray.PartitionKey, stray.RowKey, ETag.All, token);

        await slides.DeleteStrayKeysAsync(new HashSet<string>(), DateTimeOffset.UnixEpoch, token);
        Assert.True(await HasKeyAsync(stray));
        await slides.DeleteStrayKeysAsync(new HashSet<string>(), DateTimeOffset.MaxValue, token);

        Assert.Equal((true, false), (await HasKeyAsync(own), await HasKeyAsync(stray)));
    }

    private async Task<SlideRow> InsertAsync(string name)
    {
        var slide = SlideId.FromName(name);
        var token = TestContext.Current.CancellationToken;
        Assert.True(await slides.TryWriteAsync(new SlideRow { RowKey = slide.Value, Name = name, FirstUpload = DateTimeOffset.UnixEpoch, Status = nameof(RunState.Complete) }, token));
        return (await slides.FindAsync(slide, token))!;
    }

    private async Task<bool> HasKeyAsync(SlideRow row) =>
        (await clients.Tables.GetTableClient(Tables.SlidesNewest).GetEntityIfExistsAsync<TableEntity>(row.ListingKey().PartitionKey, row.ListingKey().RowKey, cancellationToken: TestContext.Current.CancellationToken)).HasValue;
}
