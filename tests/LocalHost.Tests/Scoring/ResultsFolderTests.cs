using System.Text.Json;
using IdcFunctions.LocalHost.Scoring;
using IdcFunctions.Slides;

namespace IdcFunctions.LocalHost.Tests.Scoring;

public sealed class ResultsFolderTests : IDisposable
{
    private static readonly SlideFile Slide = new("/slides/a.tif");
    private static readonly SlideReport Report = new() { Slide = "a.tif", SlideId = "a.tif", Status = "Complete", Run = "r1" };

    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.svs b.tif", "a b")]
    [InlineData("a.svs a.tif b.svs", "a.svs a.tif b")]
    [InlineData("A.svs a.tif", "A.svs a.tif")]
    [InlineData("x.svs x.svs.png x.tif", "x.svs x.svs.png x.tif")]
    [InlineData("x x.svs x.svs.png", "x x.svs x.svs.png")]
    public void No_two_slides_files_are_called_the_same(string slides, string names)
    {
        var files = slides.Split(' ').Select(static name => new SlideFile(name)).ToList();

        var named = ResultsFolder.NamesOf([.. files]);

        Assert.Equal(names.Split(' '), files.Select(file => named[file.Name]));
    }

    [Fact]
    public async Task A_complete_slides_files_are_written_as_soon_as_it_is_complete()
    {
        await using var app = await ScriptedSlides.StartAsync(new { result = new { run = "r1" } });
        using var client = new SlidesClient(app.Address);
        var results = new ResultsFolder(folder, [Slide], client);

        await results.WriteAsync(Report, Cancellation);

        Assert.Equal("patches.csv", await File.ReadAllTextAsync(Path.Combine(folder, "model-outputs-csv", "a.csv"), Cancellation));
        Assert.Equal("patches.geojson", await File.ReadAllTextAsync(Path.Combine(folder, "model-outputs-geojson", "a.geojson"), Cancellation));
        Assert.Equal("heatmap.png", await File.ReadAllTextAsync(Path.Combine(folder, "heatmaps", "a.png"), Cancellation));
    }

    [Theory]
    [InlineData("r2", true)]
    [InlineData(null, true)]
    [InlineData("r1", false)]
    public async Task Files_of_a_result_that_is_gone_or_was_replaced_are_not_written_and_fail_that_slide(string? published, bool hasExports)
    {
        await using var app = await ScriptedSlides.StartAsync(new { result = published is null ? null : new { run = published } });
        app.HasExports = hasExports;
        using var client = new SlidesClient(app.Address);
        var results = new ResultsFolder(folder, [Slide], client);

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => results.WriteAsync(Report, Cancellation));

        Assert.Equal("result-gone", refused.Failure.Code);
        Assert.StartsWith("a.tif: ", refused.Failure.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task What_was_run_is_written_where_no_slide_has_a_result()
    {
        await using var app = await ScriptedSlides.StartAsync([null]);
        using var client = new SlidesClient(app.Address);
        var results = Path.Combine(folder, "new");

        await new ResultsFolder(results, [Slide], client).WriteMetadataAsync([Report with { Status = "Failed" }], Cancellation);

        using var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(results, "run_metadata.json"), Cancellation));
        Assert.Equal("Failed", metadata.RootElement.GetProperty("slides")[0].GetProperty("status").GetString());
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
