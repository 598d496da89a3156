using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Scoring.Stain;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Stain;
using IdcFunctions.Slides.Storage;
using NetVips;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What is scored and what is not: the mask, one given by the user, the account of all cells, the stain check.</summary>
public sealed class MaskTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private const int Width = 610;
    private const int Height = 520;

    private readonly Line line = shared.Line;

    [Fact]
    public async Task A_users_mask_takes_the_place_of_the_one_found_until_it_is_deleted()
    {
        const string Name = "masked.tif";
        var first = await DropAsync(Name);
        Assert.Equal(await line.GetExportAsync(Name, Exports.MaskPng), await GetMaskAsync(Name));

        // The left four columns of cells, whatever is on them.
        var mask = MaskOf(Width / 5, Height / 5, 40);
        using var put = await PutAsync(Name, mask);
        Assert.Equal(HttpStatusCode.Accepted, put.StatusCode);
        var masked = await NextRunAsync(Name, first);

        Assert.Equal(4 * 10, masked.GetProperty("patches").GetInt32());
        Assert.Equal(mask, await GetMaskAsync(Name));
        var plan = (await line.FindPlanAsync(Name, masked.GetProperty("run").GetString()!))!;
        Assert.All(plan.Cells, cell => Assert.True(cell.Column < 4));
        Assert.NotNull(plan.Settings.Tiling.MaskEtag);

        using (await line.Api.DeleteAsync(Line.SlidePath(Name), TestContext.Current.CancellationToken))
        {
            await Problem.AssertAsync(await line.Api.GetAsync($"{Line.SlidePath(Name)}/mask", TestContext.Current.CancellationToken), HttpStatusCode.Gone, "slide-deleted");
        }

        using var restored = await line.PostAsync(Name, "restore");
        await line.WaitForAsync(Name, nameof(RunState.Complete));
        using var deleted = await line.Api.DeleteAsync($"{Line.SlidePath(Name)}/mask", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        var found = await NextRunAsync(Name, masked);
        Assert.Equal(first.GetProperty("patches").GetInt32(), found.GetProperty("patches").GetInt32());
        Assert.Equal(await line.GetExportAsync(Name, Exports.MaskPng), await GetMaskAsync(Name));

        using var again = await line.Api.DeleteAsync($"{Line.SlidePath(Name)}/mask", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_mask_that_can_not_be_the_slides_is_refused_and_the_result_stays()
    {
        const string Name = "unmasked.tif";
        var first = await DropAsync(Name);

        foreach (var (mask, reason) in new[] { (MaskOf(100, 100, 50), "proportions differ"), ("no mask"u8.ToArray(), "no PNG") })
        {
            using var put = await PutAsync(Name, mask);
            Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
            Assert.Contains(reason, (await put.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Null(await line.FindBlobAsync(Containers.Masks, BlobNames.Mask(SlideId.FromName(Name))));
        Assert.Equal(first.GetProperty("run").GetString(), (await line.FindAsync(Name))!.Value.GetProperty("run").GetString());
    }

    [Fact]
    public async Task A_mask_that_never_fitted_the_slide_fails_the_run_with_both_sizes()
    {
        const string Name = "early-mask.tif";
        await line.Container(Containers.Masks).GetBlobClient(BlobNames.Mask(SlideId.FromName(Name))).UploadAsync(
            BinaryData.FromBytes(MaskOf(100, 100, 50)), overwrite: true, TestContext.Current.CancellationToken);
        await line.DropAsync(Name, Slide());

        var answer = await line.WaitForAsync(Name, nameof(RunState.Failed));

        Assert.Equal("mask-unusable", answer.GetProperty("failureCode").GetString());
        Assert.Contains($"100 × 100 px, the slide {Width} × {Height}", answer.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_cell_of_the_grid_is_accounted_for()
    {
        const string Name = "accounted.tif";
        var answer = await DropAsync(Name);

        var summary = RunDocument.FromJson(await line.GetExportAsync(Name, Exports.RunJson)).Summary;
        Assert.Equal(12 * 10, answer.GetProperty("gridCells").GetInt32());
        Assert.Equal(
            answer.GetProperty("gridCells").GetInt32(),
            new[] { "patches", "noTissueCells", "excludedCells", "outsideRegionCells", "failedCells" }.Sum(count => answer.GetProperty(count).GetInt32()));
        Assert.Equal((summary.NoTissueCells, summary.ExcludedCells), (answer.GetProperty("noTissueCells").GetInt32(), answer.GetProperty("excludedCells").GetInt32()));
        Assert.True(summary is { NoTissueCells: > 0, ExcludedCells: > 0 });
    }

    [Fact]
    public async Task A_slide_of_other_colours_than_the_models_training_cases_is_scored_and_warned_of()
    {
        var random = new Random(1);
        var reference = StainReference.Of([.. Enumerable.Range(0, 40).Select(_ => new StainProfile(0.5 + (0.02 * random.NextDouble()), 0.2 + (0.02 * random.NextDouble()), 0.3 + (0.1 * random.NextDouble()), 1))]);
        var notChecked = await DropAsync("not-checked.tif");
        var model = new ToyModel("1.1.0");
        model = new ToyModel("1.1.0") { Manifest = model.Manifest with { Stain = reference } };
        await model.PublishAsync(line.ConnectionString, TestContext.Current.CancellationToken);
        await model.ActivateAsync(line.ConnectionString, TestContext.Current.CancellationToken);

        var answer = await DropAsync("warned.tif");

        Assert.Contains("no stain statistics", notChecked.GetProperty("stainUnchecked").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, notChecked.GetProperty("stainWarning").ValueKind);
        Assert.True(answer.GetProperty("patches").GetInt32() > 20);
        Assert.Equal(reference!.Limit, answer.GetProperty("stainLimit").GetDouble());
        Assert.True(answer.GetProperty("stainDistance").GetDouble() > reference.Limit);
        Assert.Contains("unlike the training cases", answer.GetProperty("stainWarning").GetString(), StringComparison.Ordinal);
        var row = Assert.Single(await line.RowsAsync(Tables.Slides), row => row.RowKey == "warned.tif");
        Assert.Equal(answer.GetProperty("stainDistance").GetDouble(), row.GetDouble("StainDistance"));
    }

    /// <summary>A slide of 12 × 10 cells, with a black border below.</summary>
    private static byte[] Slide()
    {
        using var tissue = SyntheticSlide.OfTissue(Width, 440, 4, 41).ToImage();
        using var glass = SyntheticSlide.OfGlass(Width, 80).ToImage();
        using var border = glass.Linear([0.05], [0]).Cast(Enums.BandFormat.Uchar);
        using var slide = tissue.Join(border, Enums.Direction.Vertical);
        return slide.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate, tile: true, tileWidth: 256, tileHeight: 256, xres: 250, yres: 250);
    }

    private static byte[] MaskOf(int width, int height, int whiteColumns)
    {
        using var columns = Image.Xyz(width, height)[0];
        using var mask = columns < whiteColumns;
        return mask.PngsaveBuffer();
    }

    private async Task<JsonElement> DropAsync(string name)
    {
        var etag = await line.DropAsync(name, Slide());
        return await line.WaitForAsync(name, nameof(RunState.Complete), etag);
    }

    private async Task<HttpResponseMessage> PutAsync(string name, byte[] mask)
    {
        using var content = new ByteArrayContent(mask);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        return await line.Api.PutAsync($"{Line.SlidePath(name)}/mask", content, TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> GetMaskAsync(string name) => await line.Api.GetByteArrayAsync($"{Line.SlidePath(name)}/mask", TestContext.Current.CancellationToken);

    /// <summary>Waits for the run that follows.</summary>
    private async Task<JsonElement> NextRunAsync(string name, JsonElement before)
    {
        var next = (await line.FindAsync(name))!.Value.GetProperty("run").GetString()!;
        Assert.NotEqual(before.GetProperty("run").GetString(), next);
        return await line.WaitForAsync(name, nameof(RunState.Complete), run: next);
    }
}
