using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A slide is dropped; its result is in the tables, the blobs, the files and the API.</summary>
public sealed class DroppedSlideTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private readonly Line line = shared.Line;

    [Theory]
    [InlineData("plain.tif")]
    [InlineData("case 7/slide #2?.tif")]
    [InlineData("100%/ümläut-切片.tif")]
    [InlineData("~tilde~41.tif")]
    public async Task A_dropped_slide_is_complete_by_itself_whatever_its_name(string name)
    {
        var etag = await line.DropAsync(name, Slide(1));

        var answer = await line.WaitForAsync(name, nameof(RunState.Complete), etag);

        Assert.Equal(name, answer.GetProperty("slide").GetString());
        Assert.Equal(SlideId.FromName(name).Value, answer.GetProperty("slideId").GetString());
        Assert.True(answer.GetProperty("patches").GetInt32() > 20);
        Assert.Equal("toy 1.0.0", answer.GetProperty("model").GetString());
        Assert.Equal("cpu", answer.GetProperty("provider").GetString());
        Assert.False(answer.GetProperty("resultOutdated").GetBoolean());
    }

    [Fact]
    public async Task A_name_of_900_characters_is_found_again_under_its_hashed_id()
    {
        var name = string.Join('/', Enumerable.Repeat(new string('a', 99), 9)) + ".tif";
        var etag = await line.DropAsync(name, Slide(2));

        var answer = await line.WaitForAsync(name, nameof(RunState.Complete), etag);

        Assert.Equal(name, answer.GetProperty("slide").GetString());
        Assert.Equal(178, answer.GetProperty("slideId").GetString()!.Length);
    }

    [Fact]
    public async Task Rows_packed_results_csv_geojson_and_api_agree_exactly()
    {
        const string Name = "agree.tif";
        var etag = await line.DropAsync(Name, Slide(3));
        var answer = await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        var (slide, run) = (SlideId.FromName(Name), RunId.Parse(answer.GetProperty("run").GetString()!));

        var plan = (await line.FindPlanAsync(Name, run.Value))!;
        var packed = new List<PatchScore>();
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            packed.AddRange(BatchScores.TryRead((await line.FindBlobAsync(Containers.Results, BlobNames.BatchScores(slide, run, batch)))!)!.Scores);
        }

        var rows = await line.RowsAsync(Tables.Patches, TableKeys.RunPartition(slide, run));
        var csv = Encoding.UTF8.GetString(await line.GetExportAsync(Name, Exports.PatchesCsv)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        var api = await line.Api.GetStringAsync($"{Line.SlidePath(Name)}/patches?top=5000", TestContext.Current.CancellationToken);
        using var page = JsonDocument.Parse(api);
        var items = page.RootElement.GetProperty("items").EnumerateArray().ToList();
        using var geo = JsonDocument.Parse(await line.GetExportAsync(Name, Exports.PatchesGeoJson));
        var features = geo.RootElement.GetProperty("features").EnumerateArray().ToList();

        Assert.Equal(plan.Cells.Length, packed.Count);
        Assert.Equal([packed.Count, packed.Count, packed.Count, packed.Count], new[] { rows.Count, csv.Length, items.Count, features.Count });
        for (var i = 0; i < packed.Count; i++)
        {
            var score = packed[i];
            var region = plan.Grid.RegionOf(score.Cell);
            Assert.Equal(plan.Cells[i].Cell, score.Cell);
            Assert.Equal(score.Cell.Key, rows[i].RowKey);
            Assert.Equal((double)score.Probability, rows[i].GetDouble("Probability"));
            Assert.Equal(region.MinX, rows[i].GetInt64("MinX"));
            Assert.Equal((double)score.Probability, items[i].GetProperty("probability").GetDouble());
            Assert.Equal(region.MinY, items[i].GetProperty("minY").GetInt64());
            Assert.Equal(score.Probability, features[i].GetProperty("properties").GetProperty("measurements").GetProperty("prob_IDC").GetSingle());
            var fields = csv[i].Split(',');
            Assert.Equal(new[] { region.MinX, region.MinY, region.Width, region.Height }, fields[..4].Select(field => long.Parse(field, CultureInfo.InvariantCulture)));
            Assert.Equal(score.Probability, float.Parse(fields[4], CultureInfo.InvariantCulture));
        }

        var positive = packed.Count(score => score.Probability >= 0.5);
        var slideRow = Assert.Single(await line.RowsAsync(Tables.Slides), row => row.RowKey == slide.Value);
        Assert.Equal(positive * 0.04, slideRow.GetDouble("TumourAreaMm2")!.Value, 1e-9);
        Assert.Equal(slideRow.GetDouble("TumourAreaMm2"), answer.GetProperty("tumourAreaMm2").GetDouble());
        var document = RunDocument.FromJson(await line.GetExportAsync(Name, Exports.RunJson));
        Assert.Equal(slideRow.GetString("Published"), Encoding.UTF8.GetString(document.ToJson()));
        Assert.Equal(positive, document.Summary.PositivePatches);
    }

    [Fact]
    public async Task A_slide_without_tissue_is_complete_with_no_patches()
    {
        var etag = await line.DropAsync("glass.tif", SyntheticSlide.OfGlass(600, 500).ToLibvipsPyramid(4));

        var answer = await line.WaitForAsync("glass.tif", nameof(RunState.Complete), etag);

        Assert.Equal(0, answer.GetProperty("patches").GetInt32());
        Assert.Equal(0, answer.GetProperty("tumourAreaMm2").GetDouble());
        Assert.Equal(120, answer.GetProperty("gridCells").GetInt32());
        Assert.Equal("minx,miny", Encoding.UTF8.GetString(await line.GetExportAsync("glass.tif", Exports.PatchesCsv))[..9]);
    }

    [Fact]
    public async Task Each_bad_file_fails_with_a_reason_that_names_it_and_a_way_out()
    {
        var whole = Slide(4);
        (string Name, byte[] Content, string Code)[] files =
        [
            ("empty.tif", [], "file-empty"),
            ("text.tif", "hello, I am no slide"u8.ToArray(), "format-unknown"),
            ("cut.tif", whole[..(whole.Length / 2)], "slide-truncated"),
            ("no-spacing.png", SyntheticSlide.OfTissue(400, 300, 4, 1).ToPng(), "spacing-unknown"),
            ("dot.tif", SyntheticSlide.OfTissue(1, 1, 4, 1).ToLibvipsPyramid(4), "slide-too-small"),
        ];
        foreach (var (name, content, _) in files)
        {
            await line.DropAsync(name, content);
        }

        foreach (var (name, _, code) in files)
        {
            var answer = await line.WaitForAsync(name, nameof(RunState.Failed));
            Assert.Equal(code, answer.GetProperty("failureCode").GetString());
            Assert.Contains(name, answer.GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(answer.GetProperty("remedy").GetString()!);
        }
    }

    [Fact]
    public async Task A_picture_with_its_spacing_given_is_scored()
    {
        var etag = await line.DropAsync("given.png", SyntheticSlide.OfTissue(800, 600, 2, 5).ToPng(), new Dictionary<string, string> { ["spacing_um_px"] = "2" });

        var answer = await line.WaitForAsync("given.png", nameof(RunState.Complete), etag);

        Assert.Equal("metadata", answer.GetProperty("result").GetProperty("properties").GetProperty("spacingSource").GetString());
    }

    [Fact]
    public async Task Metadata_that_can_not_be_read_is_a_reason_and_never_a_guess()
    {
        foreach (var (key, value, code) in new[] { ("stride", "51", "stride-invalid"), ("region", "1,2,3", "region-invalid"), ("region", "-9223372036854775808,0,1,1", "region-invalid"), ("upsample", "maybe", "upsample-invalid"), ("icc", "maybe", "icc-invalid"), ("spacing_um_px", "1e9", "spacing-invalid") })
        {
            var name = $"asked-{code}-{value.Length}.tif";
            await line.DropAsync(name, Slide(7), new Dictionary<string, string> { [key] = value });
            var failed = await line.WaitForAsync(name, nameof(RunState.Failed));
            Assert.Equal(code, failed.GetProperty("failureCode").GetString());
            Assert.Contains($"'{value}'", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_slide_in_the_archive_tier_gets_its_reason_and_a_result_once_it_is_back()
    {
        const string Name = "archived.tif";
        var blob = line.Container(Containers.Slides).GetBlobClient(Name);
        await blob.UploadAsync(BinaryData.FromBytes(Slide(9)), new BlobUploadOptions { AccessTier = AccessTier.Archive }, TestContext.Current.CancellationToken);

        var failed = await line.WaitForAsync(Name, nameof(RunState.Failed));
        await blob.SetAccessTierAsync(AccessTier.Hot, cancellationToken: TestContext.Current.CancellationToken);
        using var rescored = await line.PostAsync(Name, "rescore");

        Assert.Equal("slide-archived", failed.GetProperty("failureCode").GetString());
        Assert.Contains("warmer tier", failed.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, rescored.StatusCode);
        await line.WaitForAsync(Name, nameof(RunState.Complete));
    }

    [Fact]
    public async Task A_denser_heatmap_of_a_part_of_a_slide_is_a_run_of_its_own_with_areas_of_the_union()
    {
        await line.DropAsync("dense.tif", Slide(8));
        var plain = await line.WaitForAsync("dense.tif", nameof(RunState.Complete));
        var etag = await line.DropAsync("dense.tif", Slide(8), new Dictionary<string, string> { ["stride"] = "25", ["region"] = "0,0,700,300" });

        var dense = await line.WaitForAsync("dense.tif", nameof(RunState.Complete), etag);

        Assert.True(dense.GetProperty("patches").GetInt32() > plain.GetProperty("patches").GetInt32());
        Assert.InRange(dense.GetProperty("tissueAreaMm2").GetDouble(), 0.04, 700 * 350 * 16 / 1e6);
    }

    [Fact]
    public async Task Logs_never_hold_a_slides_name()
    {
        const string Name = "Doe^Jane_1970.tif";
        var etag = await line.DropAsync(Name, Slide(6));
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
        await line.DropAsync("Doe^John_1971.tif", []);
        await line.WaitForAsync("Doe^John_1971.tif", nameof(RunState.Failed));

        Assert.Contains("Completed ", line.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Doe", line.Log, StringComparison.Ordinal);
    }

    private static byte[] Slide(int seed) => SyntheticSlide.OfTissue(700, 600, 4, seed).ToLibvipsPyramid(4);
}
