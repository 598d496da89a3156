using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Problems of the API that take more than one request to happen.</summary>
public sealed class RareFailureTests(QuietLine quiet) : IClassFixture<QuietLine>
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(600, 500, 4, 31).ToLibvipsPyramid(4);

    private readonly Line line = quiet.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slide_that_is_being_purged_is_not_restored()
    {
        await DropAsync("purged.tif", Slide);
        using var deleted = await line.Api.DeleteAsync(Line.SlidePath("purged.tif"), Token);
        var row = (await line.RowsAsync(Tables.Slides)).Single(row => row.GetString("Name") == "purged.tif");
        row["Status"] = "Purging";
        await line.Tables.GetTableClient(Tables.Slides).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, Token);

        using var restored = await line.PostAsync("purged.tif", "restore");

        await Problem.AssertAsync(restored, HttpStatusCode.Conflict, "slide-purged");
    }

    [Theory]
    [InlineData("Deleted")]
    [InlineData("Purging")]
    public async Task A_deleted_slide_is_not_rescored_into_life(string status)
    {
        var name = $"deleted {status}.tif";
        await DropAsync(name, Slide);
        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(name), Token);
        var row = (await line.RowsAsync(Tables.Slides)).Single(row => row.GetString("Name") == name);
        row["Status"] = status;
        await line.Tables.GetTableClient(Tables.Slides).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, Token);

        using var rescored = await line.PostAsync(name, "rescore");

        await Problem.AssertAsync(rescored, HttpStatusCode.Gone, "slide-deleted");
        Assert.Equal(status, (await line.FindAsync(name))!.Value.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_key_that_is_too_long_makes_no_run()
    {
        await DropAsync("keyed.tif", Slide);

        using var one = await line.PostAsync("keyed.tif", "rescore", new string('k', 256));
        using var many = new HttpRequestMessage(HttpMethod.Post, "api/rescores") { Content = JsonContent.Create(new { slides = new[] { "keyed.tif" } }), Headers = { { "Idempotency-Key", new string('k', 256) } } };
        await many.Content.LoadIntoBufferAsync(Token);
        using var answer = await line.Api.SendAsync(many, Token);

        await Problem.AssertAsync(one, HttpStatusCode.BadRequest, "invalid-parameter");
        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter");
        Assert.Single(await line.RowsAsync(Tables.Runs, "keyed.tif"), row => RunId.TryParse(row.RowKey, out _));
    }

    [Fact]
    public async Task Without_an_active_model_nothing_is_scored()
    {
        await DropAsync("modelless.tif", Slide);
        var mask = UniformPicture.Png(60, 50, 255);
        await line.Container(Containers.Masks).GetBlobClient(BlobNames.Mask(SlideId.FromName("modelless.tif"))).UploadAsync(BinaryData.FromBytes(mask), Token);
        var active = (await line.FindBlobAsync(Containers.Models, BlobNames.ActiveModel))!;
        await line.Container(Containers.Models).DeleteBlobAsync(BlobNames.ActiveModel, cancellationToken: Token);
        var path = Line.SlidePath("modelless.tif");

        (HttpMethod Method, string Path, byte[]? Body)[] requests =
            [(HttpMethod.Post, $"{path}/rescore", null), (HttpMethod.Put, $"{path}/mask", UniformPicture.Png(60, 50)), (HttpMethod.Delete, $"{path}/mask", null), (HttpMethod.Post, "api/predict", UniformPicture.Png(50, 50))];
        foreach (var (method, address, body) in requests)
        {
            using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : new ByteArrayContent(body) { Headers = { ContentType = new("image/png") } } };
            using var answer = await line.Api.SendAsync(request, Token);
            await Problem.AssertAsync(answer, HttpStatusCode.Conflict, "no-active-model");
        }

        Assert.Equal(mask, await line.Api.GetByteArrayAsync($"{path}/mask", Token));
        await line.Container(Containers.Models).GetBlobClient(BlobNames.ActiveModel).UploadAsync(BinaryData.FromBytes(active), Token);
    }

    [Fact]
    public async Task Runs_on_different_grids_are_not_compared()
    {
        await DropAsync("grids.tif", Slide);
        var coarse = new ToyModel("8.0.0");
        coarse = new ToyModel("8.0.0") { Manifest = coarse.Manifest with { SpacingUmPx = 8 } };
        await coarse.PublishAsync(line.ConnectionString, Token);
        await coarse.ActivateAsync(line.ConnectionString, Token);
        using var rescored = await line.PostAsync("grids.tif", "rescore");
        await Eventually.HoldsAsync(() => line.Log, async () => (await line.FindAsync("grids.tif"))!.Value.GetProperty("model").GetString() == "toy 8.0.0");
        await line.WaitForAsync("grids.tif", nameof(RunState.Complete));
        await new ToyModel("1.0.0").ActivateAsync(line.ConnectionString, Token);

        using var compared = await line.Api.GetAsync($"{Line.SlidePath("grids.tif")}/compare?with=1.0.0", Token);

        await Problem.AssertAsync(compared, HttpStatusCode.Conflict, "grids-differ");
    }

    [Theory]
    [InlineData("deepzoom.dzi")]
    [InlineData("deepzoom_files/8/0_0.jpeg")]
    [InlineData("thumbnail.jpeg")]
    public async Task A_slide_whose_content_has_changed_is_not_shown_beside_its_old_result(string view)
    {
        var name = $"changed-{view.Length}.tif";
        await DropAsync(name, Slide);
        await line.DropAsync(name, SyntheticSlide.OfTissue(500, 500, 4, 32).ToLibvipsPyramid(4));

        using var answer = await line.Api.GetAsync($"{Line.SlidePath(name)}/{view}", Token);

        await Problem.AssertAsync(answer, HttpStatusCode.Conflict, "slide-changed");
    }

    [Theory]
    [InlineData("deepzoom.dzi")]
    [InlineData("deepzoom_files/8/0_0.jpeg")]
    [InlineData("thumbnail.jpeg")]
    public async Task A_picture_is_kept_for_ever_only_under_the_ETag_of_its_content(string view)
    {
        var name = $"pinned-{view.Length}.tif";
        await DropAsync(name, Slide);
        var etag = (await line.FindAsync(name))!.Value.GetProperty("etag").GetString()!;
        var address = $"{Line.SlidePath(name)}/{view}";

        using var pinned = await line.Api.GetAsync($"{address}?etag={Uri.EscapeDataString(etag)}", Token);
        using var other = await line.Api.GetAsync($"{address}?etag=%220x1%22", Token);
        using var unpinned = await line.Api.GetAsync(address, Token);

        Assert.Contains("immutable", pinned.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        await Problem.AssertAsync(other, HttpStatusCode.Conflict, "slide-changed");
        Assert.True(unpinned.Headers.CacheControl!.NoCache);
    }

    [Theory]
    [InlineData("deepzoom.dzi")]
    [InlineData("deepzoom_files/8/0_0.jpeg")]
    [InlineData("thumbnail.jpeg")]
    public async Task A_picture_that_is_still_being_copied_is_to_be_asked_for_again(string view)
    {
        var name = $"copied-{view.Length}.png";
        await DropAsync(name, UniformPicture.Png(6000, 5000), new Dictionary<string, string> { ["spacing_um_px"] = "0.5" });
        var address = $"{Line.SlidePath(name)}/{view}";

        using var first = await line.Api.GetAsync(address, Token);

        await Problem.AssertAsync(first, HttpStatusCode.ServiceUnavailable, "view-preparing");
        Assert.Equal(TimeSpan.FromSeconds(2), first.Headers.RetryAfter!.Delta);
        await Eventually.HoldsAsync(() => line.Log, async () =>
        {
            using var next = await line.Api.GetAsync(address, Token);
            return next.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Of_reviewers_who_store_at_once_one_is_told_to_read_again()
    {
        await DropAsync("reviewed.tif", Slide);
        var cell = Encoding.UTF8.GetString(await line.GetExportAsync("reviewed.tif", "patches.csv")).Split('\n')[1].Split(',');

        using var read = await line.Api.GetAsync($"{Line.SlidePath("reviewed.tif")}/corrections", Token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(reviewer => PutAsync(reviewer)));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        foreach (var answer in answers.Where(answer => !answer.IsSuccessStatusCode))
        {
            await Problem.AssertAsync(answer, HttpStatusCode.PreconditionFailed, "corrections-changed");
        }

        Task<HttpResponseMessage> PutAsync(int reviewer)
        {
            var items = new[] { new { row = int.Parse(cell[5], CultureInfo.InvariantCulture), column = int.Parse(cell[6], CultureInfo.InvariantCulture), label = reviewer % 2 == 0 ? "Idc" : "NotIdc" } };
            return line.SendJsonAsync(HttpMethod.Put, $"{Line.SlidePath("reviewed.tif")}/corrections", new { by = $"Dr {reviewer}", items }, read.Headers.ETag!.ToString());
        }
    }

    [Fact]
    public async Task More_corrections_than_one_export_holds_are_exported_in_parts()
    {
        var blob = line.Container(Containers.Corrections).GetBlobClient("many.tif");
        var items = Enumerable.Range(0, 10_001).Select(row => new { row, column = 0, label = "Idc", by = "Dr Reviewer", at = DateTimeOffset.UnixEpoch });
        await blob.UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new { run = "0123456789abcdef", items })), Token);

        using var exported = await line.Api.GetAsync("api/corrections/export", Token);
        using var others = await line.Api.GetAsync("api/corrections/export?prefix=other", Token);
        using var added = await line.Api.PostAsync("api/datasets/corrected/corrections", null, Token);
        using var othersAdded = await line.Api.PostAsync("api/datasets/corrected/corrections?prefix=other", null, Token);
        await blob.DeleteAsync(cancellationToken: Token);

        await Problem.AssertAsync(exported, HttpStatusCode.UnprocessableEntity, "too-many-corrections");
        await Problem.AssertAsync(added, HttpStatusCode.UnprocessableEntity, "too-many-corrections");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (others.StatusCode, othersAdded.StatusCode));
        Assert.Contains("corrected/corrected-patches-other.zip", await line.BlobNamesAsync(Containers.Datasets));
    }

    private async Task DropAsync(string name, byte[] content, Dictionary<string, string>? metadata = null)
    {
        await line.DropAsync(name, content, metadata);
        await line.SendEventAsync(name);
        await line.WaitForAsync(name, nameof(RunState.Complete));
        await line.WaitUntilIdleAsync();
    }
}
