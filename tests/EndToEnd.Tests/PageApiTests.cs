using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using Microsoft.OpenApi;
using NetVips;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The routes that the page lives on: looking, uploading, predicting, correcting; and what holds for all routes.</summary>
public sealed class PageApiTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private const string Name = "seen.tif";
    private const string TissueName = "tissue.tif";

    private static readonly bool HasOpenSlide = NativeLibrary.TryLoad("libopenslide.so.0", out _) || NativeLibrary.TryLoad("libopenslide.so.1", out _);

    private readonly Line line = shared.Line;

    [Fact]
    public async Task A_tile_holds_the_slides_pixels_at_its_place()
    {
        await DropAsync();

        using var finest = await TileAsync("10/1_1");
        using var whole = await TileAsync("8/0_0");

        // The slide is red left of x = 300 and blue right of it.
        Assert.Equal((256, 244), (finest.Width, finest.Height));
        Assert.True(finest.Getpoint(34, 100) is [> 180, _, < 80]);
        Assert.True(finest.Getpoint(54, 100) is [< 80, _, > 180]);
        Assert.Equal((150, 125), (whole.Width, whole.Height));
        Assert.True(whole.Getpoint(66, 60) is [> 180, _, < 80]);
        Assert.True(whole.Getpoint(84, 60) is [< 80, _, > 180]);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    public async Task A_picture_is_looked_at_by_parts_too(string format)
    {
        var name = $"picture.{format}";
        using var slide = RedAndBlue();
        await line.DropAsync(name, format == "png" ? slide.PngsaveBuffer() : slide.JpegsaveBuffer(q: 95), new Dictionary<string, string> { ["spacing_um_px"] = "4" });
        await line.WaitForAsync(name, nameof(RunState.Complete));

        using var finest = await TileAsync("10/1_1", name);
        using var thumbnail = Image.NewFromBuffer(await line.Api.GetByteArrayAsync($"{Line.SlidePath(name)}/thumbnail.jpeg", TestContext.Current.CancellationToken));

        Assert.Equal((256, 244), (finest.Width, finest.Height));
        Assert.True(finest.Getpoint(34, 100) is [> 180, _, < 80]);
        Assert.True(finest.Getpoint(54, 100) is [< 80, _, > 180]);
        Assert.Equal((320, 267), (thumbnail.Width, thumbnail.Height));
    }

    [Theory]
    [InlineData("test3-TRITC_2_560.ndpi", 3968, 4864)]
    [InlineData("TCGA-CR-7395-01A-01-TS1.svs", 4443, 3567)]
    public async Task What_OpenSlide_reads_is_looked_at_by_parts_too(string file, int width, int height)
    {
        var path = SharedData.Require($"data/slides/{file}");
        Assert.SkipUnless(HasOpenSlide, "The library OpenSlide is not installed (Debian: apt install libopenslide0).");
        await line.DropAsync(file, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), new Dictionary<string, string> { ["spacing_um_px"] = "0.25" });
        await line.WaitForAsync(file, nameof(RunState.Complete));

        var description = await line.Api.GetStringAsync($"{Line.SlidePath(file)}/deepzoom.dzi", TestContext.Current.CancellationToken);
        using var tile = await TileAsync("13/6_6", file);
        using var whole = Image.NewFromBuffer(await line.Api.GetByteArrayAsync($"{Line.SlidePath(file)}/thumbnail.jpeg", TestContext.Current.CancellationToken));
        using var part = whole.Crop(6 * 256 * whole.Width / width, 6 * 256 * whole.Height / height, 256 * whole.Width / width, 256 * whole.Height / height);

        Assert.Contains($"Width=\"{width}\" Height=\"{height}\"", description, StringComparison.Ordinal);
        Assert.Equal((256, 256), (tile.Width, tile.Height));

        // The tile is where the thumbnail says it is.
        Assert.InRange(tile.Avg() - part.Avg(), -12, 12);
    }

    [Theory]
    [InlineData("deepzoom_files/11/0_0.jpeg")]
    [InlineData("deepzoom_files/10/3_0.jpeg")]
    [InlineData("deepzoom_files/10/-1_0.jpeg")]
    [InlineData("deepzoom_files/x/0_0.jpeg")]
    [InlineData("deepzoom_files/10/0.jpeg")]
    public async Task A_tile_that_the_pyramid_has_not_is_not_found(string tile)
    {
        await DropAsync();

        await Problem.AssertAsync(await line.Api.GetAsync($"{Line.SlidePath(Name)}/{tile}", TestContext.Current.CancellationToken), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task The_grid_holds_every_probability_of_the_csv()
    {
        await DropTissueAsync();

        await AssertGridHoldsCsvAsync(TissueName);
    }

    /// <summary>It once held every cell of the slide: 38 million of a large one in steps of a pixel.</summary>
    [Fact]
    public async Task The_grid_of_a_region_in_small_steps_holds_the_rectangle_that_was_scored()
    {
        const string RegionName = "region.tif";
        await line.DropAsync(RegionName, SyntheticSlide.OfTissue(600, 500, 4, 31).ToLibvipsPyramid(4), new Dictionary<string, string> { ["stride"] = "7", ["region"] = "200,160,120,100" });
        await line.WaitForAsync(RegionName, nameof(RunState.Complete));

        var grid = await AssertGridHoldsCsvAsync(RegionName);

        var number = (string name) => grid.GetProperty(name).GetInt32();
        Assert.Equal((79, 65), (number("columns"), number("rows")));
        Assert.InRange(number("scoredColumns"), 1, 25);
        Assert.InRange(number("scoredRows"), 1, 25);
    }

    [Fact]
    public async Task An_upload_address_takes_blocks_and_gives_nothing()
    {
        var content = SyntheticSlide.OfTissue(600, 500, 4, 5).ToLibvipsPyramid(4);
        using var asked = await line.SendJsonAsync(HttpMethod.Post, "api/uploads", new { name = "case 7/uploaded.tif", length = content.Length });
        var upload = await asked.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var address = upload.GetProperty("address").GetString()!;
        Assert.Equal("case~207~2Fuploaded.tif", upload.GetProperty("slideId").GetString());
        using var storage = new HttpClient();
        var half = content.Length / 2;

        await PutAsync(storage, $"{address}&comp=block&blockid=MDAw", content[..half]);
        await PutAsync(storage, $"{address}&comp=block&blockid=MDAx", content[half..]);
        await PutAsync(storage, $"{address}&comp=blocklist", "<BlockList><Latest>MDAw</Latest><Latest>MDAx</Latest></BlockList>"u8.ToArray());
        using var read = await storage.GetAsync(address, TestContext.Current.CancellationToken);
        using var other = await storage.GetAsync(address.Replace("uploaded", "other", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (read.StatusCode, other.StatusCode));
        await line.WaitForAsync("case 7/uploaded.tif", nameof(RunState.Complete));
        using var again = await line.SendJsonAsync(HttpMethod.Post, "api/uploads", new { name = "case 7/uploaded.tif", length = content.Length });
        await Problem.AssertAsync(again, HttpStatusCode.Conflict, "slide-exists");
    }

    [Theory]
    [InlineData("", 1, "name")]
    [InlineData("a/../b.svs", 1, "name")]
    [InlineData("a.svs", 0, "length")]
    [InlineData("a.svs", long.MaxValue, "length")]
    public async Task An_upload_that_can_not_be_names_the_field(string name, long length, string field)
    {
        using var answer = await line.SendJsonAsync(HttpMethod.Post, "api/uploads", new { name, length });

        Assert.StartsWith($"{field}:", (await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter")).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_is_predicted_as_the_model_says()
    {
        var answer = await PredictAsync("api/predict", UniformPicture.Png(50, 50, 40));

        var patch = Assert.Single(answer.GetProperty("patches").EnumerateArray());
        Assert.Equal(ToyModel.Probability(40, 12), patch.GetProperty("probability").GetDouble(), 1e-4);
        Assert.True(patch.GetProperty("isIdc").GetBoolean());
    }

    [Fact]
    public async Task A_larger_picture_needs_its_spacing_and_is_cut_by_it()
    {
        var picture = SyntheticSlide.OfTissue(300, 200, 4, 3).ToPng();

        var answer = await PredictAsync("api/predict?umPerPixel=4", picture);
        using var content = Picture(picture);
        using var refused = await line.Api.PostAsync("api/predict", content, TestContext.Current.CancellationToken);

        Assert.InRange(answer.GetProperty("patches").GetArrayLength(), 4, 24);
        Assert.True((int)refused.StatusCode is 400 or 422);
    }

    /// <summary>A photograph of 4,800 patches, more than a prediction takes; the next prediction gets its own picture's answer.</summary>
    [Fact]
    public async Task A_photograph_without_its_spacing_is_refused_for_that_and_leaves_nothing_behind()
    {
        using var photograph = Picture(UniformPicture.Png(4000, 3000, 40));
        using var refused = await line.Api.PostAsync("api/predict", photograph, TestContext.Current.CancellationToken);

        var answer = await PredictAsync("api/predict", UniformPicture.Png(50, 50, 40));

        await Problem.AssertAsync(refused, HttpStatusCode.BadRequest, "invalid-parameter");
        Assert.Contains("4000 × 3000", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(1, answer.GetProperty("patches").GetArrayLength());
    }

    [Fact]
    public async Task What_is_no_picture_is_refused_with_a_reason()
    {
        using var content = Picture("no picture"u8.ToArray());
        using var answer = await line.Api.PostAsync("api/predict?umPerPixel=1", content, TestContext.Current.CancellationToken);

        await Problem.AssertAsync(answer, HttpStatusCode.UnprocessableEntity, "format-unknown");
    }

    [Fact]
    public async Task Corrections_keep_who_and_when_and_leave_the_result_alone()
    {
        await DropTissueAsync();
        var before = await line.GetExportAsync(TissueName, "patches.csv");
        var path = $"{Line.SlidePath(TissueName)}/corrections";
        var cell = System.Text.Encoding.UTF8.GetString(before).Split('\n')[1].Split(',');
        var (row, column) = (int.Parse(cell[5], CultureInfo.InvariantCulture), int.Parse(cell[6], CultureInfo.InvariantCulture));

        using var none = await line.Api.GetAsync(path, TestContext.Current.CancellationToken);
        using var first = await line.SendJsonAsync(HttpMethod.Put, path, new { by = "A", items = new[] { new { row, column, label = "NotIdc" } } }, none.Headers.ETag!.ToString());
        var kept = await first.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        using var second = await line.SendJsonAsync(HttpMethod.Put, path, new { by = "B", items = new[] { new { row, column, label = "NotIdc" } } }, first.Headers.ETag!.ToString());
        var read = await line.Api.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
        using var absent = await line.SendJsonAsync(HttpMethod.Put, path, new { by = "A", items = new[] { new { row = 999, column, label = "Idc" } } }, second.Headers.ETag!.ToString());

        var export = await line.Api.GetByteArrayAsync($"api/corrections/export?prefix={TissueName}", TestContext.Current.CancellationToken);
        using var zip = new ZipArchive(new MemoryStream(export));
        Assert.Equal([$"{TissueName}/0/{TissueName}_idx5_x{(column * 50) + 1}_y{(row * 50) + 1}_class0.png", "corrections.csv"], zip.Entries.Select(entry => entry.FullName));
        Assert.Equal("A", Assert.Single(kept.GetProperty("items").EnumerateArray()).GetProperty("by").GetString());
        Assert.Equal(kept.ToString(), read.ToString());
        await Problem.AssertAsync(absent, HttpStatusCode.BadRequest, "invalid-parameter");
        Assert.Equal(before, await line.GetExportAsync(TissueName, "patches.csv"));
    }

    [Fact]
    public async Task A_listing_that_did_not_change_is_not_sent_again()
    {
        await DropAsync();
        using var first = await line.Api.GetAsync($"{Line.SlidePath(Name)}", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, Line.SlidePath(Name)) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };

        using var second = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_newest_slide_comes_first_and_search_finds_parts_of_names()
    {
        await DropAsync();
        await line.DropAsync("z/Later One.tif", "no slide"u8.ToArray());
        await line.WaitForAsync("z/Later One.tif", nameof(RunState.Failed));

        var newest = await NamesAsync("order=newest&top=1");
        var found = await NamesAsync("order=newest&search=later%20one");
        var failed = await NamesAsync("order=newest&status=Failed&search=later");
        using var wrong = await line.Api.GetAsync("api/slides?order=oldest", TestContext.Current.CancellationToken);

        // So long that its id is a hash of it.
        var hashed = string.Concat(Enumerable.Repeat("乳腺組織標本", 5)) + "末.tif";
        await line.DropAsync(hashed, "no slide"u8.ToArray());
        await line.WaitForAsync(hashed, nameof(RunState.Failed));

        Assert.Equal([hashed], await NamesAsync($"order=newest&search={Uri.EscapeDataString("末.tif")}"));
        Assert.Equal([hashed], await NamesAsync($"order=name&search={Uri.EscapeDataString("末.tif")}"));
        Assert.Equal(["z/Later One.tif"], newest);
        Assert.Equal(["z/Later One.tif"], found);
        Assert.Equal(["z/Later One.tif"], failed);
        await Problem.AssertAsync(wrong, HttpStatusCode.BadRequest, "invalid-parameter");
    }

    [Theory]
    [InlineData("api/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("api/slides?top=x", HttpStatusCode.BadRequest, "bad-request")]
    [InlineData("api/uploads", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    public async Task What_no_route_answers_has_a_stable_type_too(string path, HttpStatusCode status, string type) =>
        await Problem.AssertAsync(await line.Api.GetAsync(path, TestContext.Current.CancellationToken), status, type);

    [Fact]
    public async Task The_description_is_valid_and_the_one_that_the_page_was_built_with()
    {
        var served = await line.Api.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken);

        var read = OpenApiDocument.Parse(served, "json");

        await AssertValidAsync(served);
        Assert.Empty(read.Diagnostic!.Errors.Select(error => $"{error.Pointer}: {error.Message}"));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.True(
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Page", "openapi.json"), TestContext.Current.CancellationToken)).TrimEnd() == served.TrimEnd(),
            "The API has changed: save /openapi/v1.json as src/Page/openapi.json, from which the page's types are made.");
    }

    /// <summary>Checks it with Redocly's linter, which the page is built with: the specification, and every example against its schema.</summary>
    private static async Task AssertValidAsync(string description)
    {
        var page = Path.Combine(Repository.Root, "src", "Page");
        var file = Path.Combine(Directory.CreateTempSubdirectory("idc-openapi-").FullName, "v1.json");
        await File.WriteAllTextAsync(file, description, TestContext.Current.CancellationToken);
        using var lint = Process.Start(new ProcessStartInfo("node", ["validate.mjs", file]) { WorkingDirectory = page, RedirectStandardOutput = true })!;
        var problems = await lint.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await lint.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.Equal((0, ""), (lint.ExitCode, problems));
    }

    private async Task DropAsync()
    {
        if (await line.FindAsync(Name) is null)
        {
            using var slide = RedAndBlue();
            await line.DropAsync(Name, slide.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate, tile: true, tileWidth: 128, tileHeight: 128, pyramid: true, xres: 250, yres: 250));
        }

        await line.WaitForAsync(Name, nameof(RunState.Complete));
    }

    /// <summary>Compares the grid with the CSV, cell by cell; both have their rows and columns on the slide.</summary>
    private async Task<JsonElement> AssertGridHoldsCsvAsync(string name)
    {
        var grid = await line.Api.GetFromJsonAsync<JsonElement>($"{Line.SlidePath(name)}/grid", TestContext.Current.CancellationToken);
        var number = (string property) => grid.GetProperty(property).GetInt32();
        var probabilities = grid.GetProperty("probabilities").GetBytesFromBase64();
        var csv = System.Text.Encoding.UTF8.GetString(await line.GetExportAsync(name, "patches.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(row => row.Split(',')).ToList();
        var cells = csv.Select(row => (Row: int.Parse(row[5], CultureInfo.InvariantCulture), Column: int.Parse(row[6], CultureInfo.InvariantCulture))).ToList();

        foreach (var (row, cell) in csv.Zip(cells))
        {
            var index = ((cell.Row - number("firstRow")) * number("scoredColumns")) + cell.Column - number("firstColumn");
            Assert.Equal(float.Parse(row[4], CultureInfo.InvariantCulture), BitConverter.ToSingle(probabilities, index * 4));
        }

        Assert.Equal((cells.Min(cell => cell.Row), cells.Min(cell => cell.Column)), (number("firstRow"), number("firstColumn")));
        Assert.Equal((cells.Max(cell => cell.Row), cells.Max(cell => cell.Column)), (number("firstRow") + number("scoredRows") - 1, number("firstColumn") + number("scoredColumns") - 1));
        Assert.Equal(number("scoredRows") * number("scoredColumns"), probabilities.Length / 4);
        Assert.Equal(csv.Count, Enumerable.Range(0, probabilities.Length / 4).Count(i => !float.IsNaN(BitConverter.ToSingle(probabilities, i * 4))));
        return grid;
    }

    private async Task DropTissueAsync()
    {
        if (await line.FindAsync(TissueName) is null)
        {
            await line.DropAsync(TissueName, SyntheticSlide.OfTissue(600, 500, 4, 31).ToLibvipsPyramid(4));
        }

        await line.WaitForAsync(TissueName, nameof(RunState.Complete));
    }

    private static Image RedAndBlue()
    {
        using var red = Image.Black(300, 500, 3).Linear([1, 1, 1], [220, 20, 60], uchar: true);
        using var blue = Image.Black(300, 500, 3).Linear([1, 1, 1], [60, 20, 220], uchar: true);
        return red.Join(blue, Enums.Direction.Horizontal).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private async Task<Image> TileAsync(string tile, string name = Name) => Image.NewFromBuffer(await line.Api.GetByteArrayAsync($"{Line.SlidePath(name)}/deepzoom_files/{tile}.jpeg", TestContext.Current.CancellationToken));

    private async Task<JsonElement> PredictAsync(string path, byte[] picture)
    {
        using var content = Picture(picture);
        using var answer = await line.Api.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private async Task<IEnumerable<string>> NamesAsync(string query) =>
        [.. (await line.Api.GetFromJsonAsync<JsonElement>($"api/slides?{query}", TestContext.Current.CancellationToken)).GetProperty("items").EnumerateArray().Select(slide => slide.GetProperty("slide").GetString()!)];

    /// <summary>Sends a body with its length: the Functions host takes none in pieces.</summary>
    private static ByteArrayContent Picture(byte[] png) => new(png) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };

    private static async Task PutAsync(HttpClient storage, string address, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await storage.PutAsync(address, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }
}
