using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Whether a result still is what it was.</summary>
public sealed class VerificationTests
{
    private const string Name = "kept.tif";

    private static readonly byte[] Slide = SyntheticSlide.OfTissue(700, 600, 4, 71).ToLibvipsPyramid(4);

    [Fact]
    public async Task What_was_changed_behind_the_apps_back_is_named_and_nothing_else()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var line = await Line.StartAsync();
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Slide));
        var done = await line.WaitForAsync(Name, nameof(RunState.Complete), await line.DropAsync(Name, Slide, new() { ["sha256"] = sha256 }));
        await line.WaitUntilIdleAsync();
        var run = done.GetProperty("run").GetString();

        Assert.Empty(await DifferencesAsync(line));

        var results = line.Container(Containers.Results);
        await results.GetBlobClient($"{Name}/{run}/{Exports.PatchesCsv}").UploadAsync(BinaryData.FromString("minx"), overwrite: true, cancel);
        await results.DeleteBlobAsync($"{Name}/{run}/{Exports.HeatmapPng}", cancellationToken: cancel);
        await results.GetBlobClient($"{Name}/{run}/{Exports.MaskPng}").UploadAsync(BinaryData.FromString("all glass"), overwrite: true, cancel);
        var row = (await line.RowsAsync(Tables.Patches))[0];
        await line.Tables.GetTableClient(Tables.Patches).UpdateEntityAsync(new TableEntity(row.PartitionKey, row.RowKey) { ["Probability"] = 0.123 }, row.ETag, TableUpdateMode.Merge, cancel);
        await line.Container(Containers.Models).GetBlobClient(BlobNames.ModelFile("toy", "1.0.0", "model.onnx")).UploadAsync(BinaryData.FromString("other"), overwrite: true, cancel);

        Assert.Equal(
            ["model: Changed", "mask.png: Changed", "rows: Changed", "patches.csv: Changed", "heatmap.png: Missing"],
            await DifferencesAsync(line));
    }

    [Fact]
    public async Task A_result_of_an_older_program_is_not_said_to_have_changed_since_this_one_counts_more()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var line = await Line.StartAsync();
        var done = await line.WaitForAsync(Name, nameof(RunState.Complete), await line.DropAsync(Name, Slide));
        await line.WaitUntilIdleAsync();
        var blob = line.Container(Containers.Results).GetBlobClient($"{Name}/{done.GetProperty("run").GetString()}/{Exports.RunJson}");
        var written = (await blob.DownloadContentAsync(cancel)).Value.Content.ToArray();
        var versions = RunDocument.FromJson(written).Versions!;

        // As a program wrote it that neither counted uncertain patches nor noted hashes of exports and versions.
        var old = JsonNode.Parse(written)!.AsObject();
        Assert.True(old["summary"]!.AsObject().Remove("uncertainPatches") && old.Remove("exportsSha256") && old.Remove("versions"));
        await blob.UploadAsync(BinaryData.FromString(old.ToJsonString()), overwrite: true, cancel);

        Assert.Matches("^1[.][0-9]+[.][0-9]+", versions.OnnxRuntime);
        Assert.NotEmpty(versions.Program);
        Assert.Equal(
            ["slide's content: Unchecked", "mask.png: Unchecked", "patches.csv: Unchecked", "patches.geojson: Unchecked", "heatmap.png: Unchecked"],
            await DifferencesAsync(line, isUnchanged: true));
        old["summary"]!["positivePatches"] = 1;
        await blob.UploadAsync(BinaryData.FromString(old.ToJsonString()), overwrite: true, cancel);
        Assert.Contains("summary: Changed", await DifferencesAsync(line));
    }

    [Fact]
    public async Task A_slide_in_the_archive_tier_can_be_neither_checked_nor_looked_at_and_its_result_stays()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var line = await Line.StartAsync();
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Slide));
        await line.WaitForAsync(Name, nameof(RunState.Complete), await line.DropAsync(Name, Slide, new() { ["sha256"] = sha256 }));
        await line.WaitUntilIdleAsync();

        await line.Container(Containers.Slides).GetBlobClient(Name).SetAccessTierAsync(AccessTier.Archive, cancellationToken: cancel);

        using var thumbnail = await line.Api.GetAsync($"{Line.SlidePath(Name)}/thumbnail.jpeg", cancel);
        await Problem.AssertAsync(thumbnail, HttpStatusCode.UnprocessableEntity, "slide-archived");
        Assert.Equal(["slide's content: Unchecked"], await DifferencesAsync(line, isUnchanged: true));
    }

    private static async Task<IEnumerable<string>> DifferencesAsync(Line line, bool? isUnchanged = null)
    {
        var answer = await line.Api.GetFromJsonAsync<JsonElement>($"api/slides/{Name}/verification", TestContext.Current.CancellationToken);
        List<string> differences = [.. answer.GetProperty("parts").EnumerateArray()
            .Where(part => part.GetProperty("state").GetString() != "Unchanged")
            .Select(part => $"{part.GetProperty("part").GetString()}: {part.GetProperty("state").GetString()}")];
        Assert.Equal(isUnchanged ?? differences.Count == 0, answer.GetProperty("isUnchanged").GetBoolean());
        return differences;
    }
}
