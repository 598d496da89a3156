using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The API's answers about slides and patches.</summary>
public sealed class ApiTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private readonly Line line = shared.Line;

    [Theory]
    [InlineData("api/slides/absent.tif", HttpStatusCode.NotFound, "slide-not-found")]
    [InlineData("api/slides/not%20an%20id", HttpStatusCode.NotFound, "slide-not-found")]
    [InlineData("api/slides?top=0", HttpStatusCode.BadRequest, "invalid-parameter")]
    [InlineData("api/models/none/1.0.0", HttpStatusCode.NotFound, "not-found")]
    [InlineData("api/slides/api.tif/patches?minProbability=2", HttpStatusCode.BadRequest, "invalid-parameter")]
    [InlineData("api/slides/api.tif/patches?bbox=1,2,3", HttpStatusCode.BadRequest, "invalid-parameter")]
    [InlineData("api/slides/api.tif/patches?continuation=x", HttpStatusCode.BadRequest, "invalid-parameter")]
    [InlineData("api/slides/api.tif/patches?continuation=0123456789abcdef.00000-00001", HttpStatusCode.Gone, "run-superseded")]
    [InlineData("api/slides/api.tif/patches/99999-00000", HttpStatusCode.NotFound, "patch-not-found")]
    [InlineData("api/slides/api.tif/exports/secrets.txt", HttpStatusCode.NotFound, "not-found")]
    [InlineData("api/slides/bad.tif/patches", HttpStatusCode.NotFound, "no-result")]
    public async Task What_is_not_there_or_wrong_is_a_problem_with_a_stable_type(string path, HttpStatusCode status, string type)
    {
        await DropBothAsync();

        using var answer = await line.Api.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal($"urn:idcfunctions:{type}", problem.GetProperty("type").GetString());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task Patches_come_a_page_at_a_time_without_gap_or_overlap()
    {
        await DropBothAsync();
        var all = await PageAsync("top=5000");
        var paged = new List<string>();
        string? continuation = null;
        do
        {
            var page = await PageAsync($"top=7{(continuation is null ? "" : $"&continuation={continuation}")}");
            paged.AddRange(Keys(page));
            continuation = page.GetProperty("continuation").GetString();
        }
        while (continuation is not null);

        Assert.True(paged.Count > 20);
        Assert.Equal(Keys(all), paged);
    }

    [Fact]
    public async Task Patches_are_filtered_by_probability_and_by_box()
    {
        await DropBothAsync();
        var all = (await PageAsync("top=5000")).GetProperty("items").EnumerateArray().ToList();

        var likely = (await PageAsync("top=5000&minProbability=0.5")).GetProperty("items").EnumerateArray().ToList();
        var inBox = (await PageAsync("top=5000&bbox=100,50,120,60")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(all.Where(patch => patch.GetProperty("probability").GetDouble() >= 0.5).Select(Key), likely.Select(Key));
        Assert.Equal(
            all.Where(patch => patch.GetProperty("minX").GetInt64() < 220 && patch.GetProperty("minX").GetInt64() + 50 > 100 && patch.GetProperty("minY").GetInt64() < 110 && patch.GetProperty("minY").GetInt64() + 50 > 50).Select(Key),
            inBox.Select(Key));
        Assert.NotEmpty(inBox);
    }

    [Fact]
    public async Task Slides_are_listed_by_name_with_prefix_status_and_pages()
    {
        await DropBothAsync();

        var all = await SlidesAsync("api/slides?top=1000");
        var failed = await SlidesAsync("api/slides?status=Failed");
        var prefixed = await SlidesAsync("api/slides?prefix=ap");
        using var first = JsonDocument.Parse(await line.Api.GetStringAsync("api/slides?top=1", TestContext.Current.CancellationToken));
        var second = await SlidesAsync($"api/slides?top=1&continuation={first.RootElement.GetProperty("continuation").GetString()}");

        Assert.Equal(["api.tif", "bad.tif"], all);
        Assert.Equal(["bad.tif"], failed);
        Assert.Equal(["api.tif"], prefixed);
        Assert.Equal(["bad.tif"], second);
    }

    [Fact]
    public async Task A_file_is_served_with_its_media_type()
    {
        await DropBothAsync();
        foreach (var (file, type) in new[] { ("patches.csv", "text/csv"), ("patches.geojson", "application/geo+json"), ("heatmap.png", "image/png"), ("mask.png", "image/png"), ("run.json", "application/json") })
        {
            using var answer = await line.Api.GetAsync($"api/slides/api.tif/exports/{file}", TestContext.Current.CancellationToken);
            Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task The_models_are_listed_and_the_active_one_is_ready()
    {
        var ready = await line.Api.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);
        var models = await line.Api.GetFromJsonAsync<JsonElement>("api/models", TestContext.Current.CancellationToken);
        var manifest = await line.Api.GetFromJsonAsync<JsonElement>("api/models/toy/1.0.0", TestContext.Current.CancellationToken);

        Assert.Equal("toy 1.0.0", ready.GetProperty("model").GetString());
        Assert.Contains(models.GetProperty("items").EnumerateArray(), model => model.GetProperty("name").GetString() == "toy");
        Assert.Equal("1.0", manifest.GetProperty("spec_version").GetString());
        Assert.Equal(4, manifest.GetProperty("spacing_um_px").GetDouble());
    }

    [Fact]
    public async Task Readiness_tells_every_queue_and_what_is_poisoned()
    {
        // Nobody reads this queue here.
        await line.SendAsync(Slides.Storage.Queues.TrainingRuns, "{}");

        var ready = await line.Api.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);

        var queues = ready.GetProperty("queues").EnumerateObject().ToDictionary(queue => queue.Name, queue => queue.Value.GetProperty("messages").GetInt32());
        var poisoned = ready.GetProperty("poisoned").EnumerateObject().ToDictionary(queue => queue.Name, queue => queue.Value.GetInt32());
        Assert.Equal(Slides.Storage.Queues.All.Order(StringComparer.Ordinal), queues.Keys.Concat(poisoned.Keys).Order(StringComparer.Ordinal));
        Assert.Equal(1, queues[Slides.Storage.Queues.TrainingRuns]);
        Assert.Equal([.. Slides.Storage.Queues.Triggering.Select(queue => queue + Slides.Storage.Queues.PoisonSuffix)], poisoned.Keys);
    }

    private async Task DropBothAsync()
    {
        if (await line.FindAsync("api.tif") is null)
        {
            await line.DropAsync("api.tif", SyntheticSlide.OfTissue(600, 500, 4, 31).ToLibvipsPyramid(4));
            await line.DropAsync("bad.tif", "no slide"u8.ToArray());
        }

        await line.WaitForAsync("api.tif", nameof(RunState.Complete));
        await line.WaitForAsync("bad.tif", nameof(RunState.Failed));
    }

    private async Task<JsonElement> PageAsync(string query) =>
        await line.Api.GetFromJsonAsync<JsonElement>($"api/slides/api.tif/patches?{query}", TestContext.Current.CancellationToken);

    private async Task<IEnumerable<string>> SlidesAsync(string path) =>
        [.. (await line.Api.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken)).GetProperty("items").EnumerateArray().Select(slide => slide.GetProperty("slide").GetString()!)];

    private static IEnumerable<string> Keys(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(Key);

    private static string Key(JsonElement patch) => $"{patch.GetProperty("row").GetInt32()}-{patch.GetProperty("column").GetInt32()}";
}
