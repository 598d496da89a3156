using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A run that a program with another version of the tiling has begun, and this one goes on with.</summary>
public sealed class UpgradeTests(QuietLine quiet) : IClassFixture<QuietLine>
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(600, 500, 4, 94).ToLibvipsPyramid(4);

    private readonly Line line = quiet.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no-plan.tif", false)]
    [InlineData("no-pack.tif", true)]
    public async Task What_is_still_to_be_cut_is_cut_by_a_new_run(string name, bool isPlanned)
    {
        var (slide, run) = (SlideId.FromName(name), await BeginAsync(name));
        if (isPlanned)
        {
            await line.Container(Containers.Patches).DeleteBlobAsync(BlobNames.PackedBatch(slide, run, 0), cancellationToken: Token);
        }
        else
        {
            await line.Container(Containers.Results).DeleteBlobAsync(BlobNames.Plan(slide, run), cancellationToken: Token);
        }

        await SendTileAsync(slide, run);
        var done = await line.WaitForAsync(name, nameof(RunState.Complete));
        await line.WaitUntilIdleAsync();

        Assert.NotEqual(run.Value, done.GetProperty("run").GetString());
        Assert.Equal(nameof(RunState.Superseded), (await line.RunRowAsync(name, run)).GetString("State"));
        var plan = (await line.FindPlanAsync(name, done.GetProperty("run").GetString()!))!;
        Assert.Equal((Tiling.TilingVersion.Current, (string?)null), (plan.Settings.Tiling.TilingVersion, plan.PatchesRun));
    }

    [Fact]
    public async Task What_is_cut_already_is_scored_as_it_is()
    {
        const string Name = "all.tif";
        var run = await BeginAsync(Name);

        await SendTileAsync(SlideId.FromName(Name), run);

        await line.WaitForAsync(Name, nameof(RunState.Complete), run: run.Value);
    }

    private async Task SendTileAsync(SlideId slide, RunId run) => await line.SendAsync(Queues.SlideUploads, JsonSerializer.Serialize(new { v = 1, slide = slide.Value, run = run.Value }));

    /// <summary>A run of another version, planned and cut, of which one batch is still to be scored.</summary>
    private async Task<RunId> BeginAsync(string name)
    {
        var run = await line.CompleteAsync(name, Slide);
        var slide = SlideId.FromName(name);
        await line.UnpublishAsync(name, run);
        await line.Tables.GetTableClient(Tables.Batches).DeleteEntityAsync(TableKeys.RunPartition(slide, run), TableKeys.BatchRow(0), cancellationToken: Token);
        var plan = (await line.FindPlanAsync(name, run.Value))!;
        var settings = plan.Settings with { Tiling = plan.Settings.Tiling with { TilingVersion = "4;libvips 8.0.0" } };
        await line.Container(Containers.Results).GetBlobClient(BlobNames.Plan(slide, run)).UploadAsync(BinaryData.FromBytes((plan with { Settings = settings }).ToJson()), overwrite: true, Token);
        await line.Tables.GetTableClient(Tables.Runs).UpdateEntityAsync(
            new TableEntity(slide.Value, run.Value) { ["Settings"] = JsonSerializer.Serialize(settings, SlidesJson.Default.RunSettings) }, ETag.All, TableUpdateMode.Merge, Token);
        return run;
    }
}
