using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Reviewers' labels: of several reviewers none is lost, and a label stays with the content that it was made on.</summary>
public sealed class CorrectionTests(QuietLine quiet) : IClassFixture<QuietLine>
{
    private readonly Line line = quiet.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reviewer_who_has_not_read_the_last_labels_deletes_none_of_them()
    {
        const string Name = "two-reviewers.tif";
        var cells = await DropAsync(Name, 41);
        var (etag, _) = await GetAsync(Name);
        var (_, ofA) = await PutAsync(Name, etag, "A", (cells[0], "Idc"));

        using var late = await SendAsync(Name, etag, "B", (cells[1], "NotIdc"));

        await Problem.AssertAsync(late, HttpStatusCode.PreconditionFailed, "corrections-changed");
        var (now, read) = await GetAsync(Name);
        Assert.Equal(ofA.ToString(), read.ToString());
        await PutAsync(Name, now, "B", (cells[0], "Idc"), (cells[1], "NotIdc"));
        Assert.Equal([(cells[0], "Idc", "A"), (cells[1], "NotIdc", "B")], Items((await GetAsync(Name)).Answer));
    }

    [Fact]
    public async Task Labels_are_not_stored_by_a_reviewer_who_does_not_say_what_was_read()
    {
        const string Name = "unread.tif";
        var cells = await DropAsync(Name, 42);

        using var blind = await SendAsync(Name, null, "A", (cells[0], "Idc"));

        await Problem.AssertAsync(blind, HttpStatusCode.PreconditionRequired, "if-match-missing");
        Assert.Empty(Items((await GetAsync(Name)).Answer));
    }

    [Fact]
    public async Task Labels_of_patches_that_a_new_mask_leaves_out_stay_and_others_can_be_saved()
    {
        const string Name = "masked.tif";
        var cells = await DropAsync(Name, 43);
        var (left, right) = (cells.First(cell => cell.Column < 4), cells.First(cell => cell.Column >= 4));
        var (etag, before) = await PutAsync(Name, (await GetAsync(Name)).Etag, "A", (right, "Idc"));
        await MaskLeftColumnsAsync(Name);

        var (masked, read) = await GetAsync(Name);
        using var absent = await SendAsync(Name, masked, "B", (right, "NotIdc"));
        await PutAsync(Name, masked, "B", (left, "NotIdc"), (right, "Idc"));

        Assert.Equal(Items(before), Items(read));
        await Problem.AssertAsync(absent, HttpStatusCode.BadRequest, "invalid-parameter");
        Assert.Equal(new[] { (left, "NotIdc", "B"), (right, "Idc", "A") }.Order(), Items((await GetAsync(Name)).Answer).Order());

        // The patch that is no longer cut has no picture.
        Assert.Equal([$"{left.Row},{left.Column},NotIdc,True", $"{right.Row},{right.Column},Idc,False"], (await ExportAsync(Name)).Order());

        // It is the same tissue: what was read before the mask can be changed after it.
        Assert.Equal(etag, masked);
    }

    [Fact]
    public async Task Labels_stay_with_the_content_they_were_made_on()
    {
        const string Name = "replaced.tif";
        var cells = await DropAsync(Name, 44);
        var (old, _) = await PutAsync(Name, (await GetAsync(Name)).Etag, "A", (cells[0], "Idc"), (cells[1], "NotIdc"));
        var others = await DropAsync(Name, 45);

        using var late = await SendAsync(Name, old, "A", (others[0], "Idc"));
        var (etag, read) = await GetAsync(Name);
        var exported = await ExportAsync(Name);
        var (_, after) = await PutAsync(Name, etag, "B", (others[0], "Exclude"));

        await Problem.AssertAsync(late, HttpStatusCode.PreconditionFailed, "corrections-changed");
        Assert.Empty(Items(read));
        Assert.Equal(2, read.GetProperty("older").GetInt32());
        Assert.Equal([$"{cells[0].Row},{cells[0].Column},Idc,False", $"{cells[1].Row},{cells[1].Column},NotIdc,False"], exported);
        Assert.Equal([(others[0], "Exclude", "B")], Items(after));
        Assert.Equal(2, after.GetProperty("older").GetInt32());
        Assert.Equal(3, (await ExportAsync(Name)).Count);
    }

    [Fact]
    public async Task Labels_on_another_grid_are_kept_apart_until_that_grid_is_the_results_again()
    {
        const string Name = "regridded.tif";
        var cells = await DropAsync(Name, 46);
        var (_, before) = await PutAsync(Name, (await GetAsync(Name)).Etag, "A", (cells[0], "Idc"));
        var coarse = new ToyModel("8.1.0");
        coarse = new ToyModel("8.1.0") { Manifest = coarse.Manifest with { SpacingUmPx = 8 } };
        await coarse.PublishAsync(line.ConnectionString, Token);
        await coarse.ActivateAsync(line.ConnectionString, Token);
        await RescoreAsync(Name);

        var onCoarse = (await GetAsync(Name)).Answer;
        await new ToyModel("1.0.0").ActivateAsync(line.ConnectionString, Token);
        await RescoreAsync(Name);

        Assert.Empty(Items(onCoarse));
        Assert.Equal(1, onCoarse.GetProperty("older").GetInt32());
        Assert.Equal(Items(before), Items((await GetAsync(Name)).Answer));
        Assert.Equal([$"{cells[0].Row},{cells[0].Column},Idc,True"], await ExportAsync(Name));
    }

    [Fact]
    public async Task Labels_of_a_deleted_slide_are_not_exported_until_it_is_restored()
    {
        const string Name = "withdrawn.tif";
        var cells = await DropAsync(Name, 48);
        await PutAsync(Name, (await GetAsync(Name)).Etag, "A", (cells[0], "Idc"));

        using var deleted = await line.Api.DeleteAsync(Line.SlidePath(Name), Token);
        var without = await ExportAsync(Name);
        using var restored = await line.PostAsync(Name, "restore");

        Assert.Empty(without);
        Assert.Equal([$"{cells[0].Row},{cells[0].Column},Idc,True"], await ExportAsync(Name));
    }

    /// <summary>What programs before this one stored says only the run.</summary>
    [Fact]
    public async Task Labels_that_name_only_their_run_are_of_its_content()
    {
        const string Name = "earlier.tif";
        var cells = await DropAsync(Name, 47);
        var run = (await line.FindAsync(Name))!.Value.GetProperty("run").GetString();
        var items = new[] { new { row = cells[0].Row, column = cells[0].Column, label = "Idc", by = "A", at = DateTimeOffset.UnixEpoch } };
        await Blob(Name).UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new { run, items })), Token);

        var known = (await GetAsync(Name)).Answer;
        await Blob(Name).UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new { run = "0123456789abcdef", items })), overwrite: true, Token);
        var unknown = (await GetAsync(Name)).Answer;

        Assert.Equal([(cells[0], "Idc", "A")], Items(known));
        Assert.Empty(Items(unknown));
        Assert.Equal(1, unknown.GetProperty("older").GetInt32());
    }

    private BlobClient Blob(string name) => line.Container(Containers.Corrections).GetBlobClient(name);

    private async Task<List<(int Row, int Column)>> DropAsync(string name, int seed)
    {
        var etag = await line.DropAsync(name, SyntheticSlide.OfTissue(600, 500, 4, seed).ToLibvipsPyramid(4));
        await line.SendEventAsync(name);
        await line.WaitForAsync(name, nameof(RunState.Complete), etag);
        await line.WaitUntilIdleAsync();
        return [.. Encoding.UTF8.GetString(await line.GetExportAsync(name, Exports.PatchesCsv)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(row => row.Split(',')).Select(row => (int.Parse(row[5], CultureInfo.InvariantCulture), int.Parse(row[6], CultureInfo.InvariantCulture)))];
    }

    private async Task MaskLeftColumnsAsync(string name)
    {
        using var glass = NetVips.Image.Black(120, 100);
        using var mask = glass.Insert(NetVips.Image.Black(40, 100) + 255, 0, 0);
        var before = (await line.FindAsync(name))!.Value.GetProperty("run").GetString();
        using var content = new ByteArrayContent(mask.PngsaveBuffer()) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        using var put = await line.Api.PutAsync($"{Line.SlidePath(name)}/mask", content, Token);
        Assert.Equal(HttpStatusCode.Accepted, put.StatusCode);
        await WaitForNextRunAsync(name, before!);
    }

    private async Task RescoreAsync(string name)
    {
        var before = (await line.FindAsync(name))!.Value.GetProperty("run").GetString();
        using var rescored = await line.PostAsync(name, "rescore");
        await WaitForNextRunAsync(name, before!);
    }

    private async Task WaitForNextRunAsync(string name, string before)
    {
        await Eventually.HoldsAsync(() => line.Log, async () => (await line.PublishedAsync(name))?.Run != before);
        await line.WaitForAsync(name, nameof(RunState.Complete));
    }

    private async Task<(string Etag, JsonElement Answer)> GetAsync(string name)
    {
        using var answer = await line.Api.GetAsync($"{Line.SlidePath(name)}/corrections", Token);
        return await ReadAsync(answer);
    }

    private async Task<(string Etag, JsonElement Answer)> PutAsync(string name, string etag, string by, params ((int Row, int Column) Cell, string Label)[] items)
    {
        using var answer = await SendAsync(name, etag, by, items);
        return await ReadAsync(answer);
    }

    private static async Task<(string Etag, JsonElement Answer)> ReadAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return (answer.Headers.ETag!.ToString(), await answer.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private Task<HttpResponseMessage> SendAsync(string name, string? etag, string by, params ((int Row, int Column) Cell, string Label)[] items) => line.SendJsonAsync(
        HttpMethod.Put, $"{Line.SlidePath(name)}/corrections", new { by, items = items.Select(item => new { row = item.Cell.Row, column = item.Cell.Column, label = item.Label }) }, etag);

    private static List<((int Row, int Column) Cell, string Label, string By)> Items(JsonElement answer) =>
        [.. answer.GetProperty("items").EnumerateArray().Select(item => ((item.GetProperty("row").GetInt32(), item.GetProperty("column").GetInt32()), item.GetProperty("label").GetString()!, item.GetProperty("by").GetString()!))];

    /// <summary>Row, column and label of each exported correction, and whether it has a picture.</summary>
    private async Task<List<string>> ExportAsync(string name)
    {
        using var zip = new ZipArchive(new MemoryStream(await line.Api.GetByteArrayAsync($"api/corrections/export?prefix={name}", Token)));
        using var table = new StreamReader(zip.GetEntry("corrections.csv")!.Open());
        var rows = (await table.ReadToEndAsync(Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(row => row.Split(',')).ToList();
        Assert.Equal(rows.Select(row => row[7]).Where(file => file.Length > 0).Append("corrections.csv").Order(StringComparer.Ordinal), zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        return [.. rows.Select(row => $"{row[2]},{row[3]},{row[4]},{row[7].Length > 0}")];
    }
}
