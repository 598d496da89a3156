using System.Net;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What was damaged or lost in storage is made again, or its reader is told how.</summary>
public sealed class HealingTests(FaultyLine faulty) : IClassFixture<FaultyLine>, IDisposable
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(600, 500, 4, 92).ToLibvipsPyramid(4);

    private readonly Line line = faulty.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>No fault outlives its test.</summary>
    public void Dispose() => line.Proxy!.Fault = null;

    [Fact]
    public async Task Packed_patches_of_another_length_are_cut_again()
    {
        var run = await line.CompleteAsync("pack.tif", Slide);
        var csv = await line.GetExportAsync("pack.tif", Exports.PatchesCsv);
        await TearAsync(Containers.Patches, BlobNames.PackedBatch(SlideId.FromName("pack.tif"), run, 1));

        using var rescored = await line.PostAsync("pack.tif", "rescore", "again");
        await Eventually.HoldsAsync(() => line.Log, async () => await PublishedAsync("pack.tif") != run.Value);

        Assert.Equal(csv, await line.GetExportAsync("pack.tif", Exports.PatchesCsv));
    }

    /// <summary>Where a GPU scores, its app may read packed patches and nothing more.</summary>
    [Fact]
    public async Task Packed_patches_of_another_length_are_cut_again_where_who_scores_may_delete_none()
    {
        var run = await line.CompleteAsync("own.tif", Slide);
        var csv = await line.GetExportAsync("own.tif", Exports.PatchesCsv);
        await line.UnpublishAsync("own.tif", run);
        await TearAsync(Containers.Patches, BlobNames.PackedBatch(SlideId.FromName("own.tif"), run, 1));
        await line.Container(Containers.Results).DeleteBlobAsync(Batch("own.tif", run, 1), cancellationToken: Token);
        line.Proxy!.Fault = context =>
        {
            var isRefused = context.Request.Method == "DELETE" && context.Request.Path.Value!.Contains("/patches/", StringComparison.Ordinal);
            context.Response.StatusCode = isRefused ? (int)HttpStatusCode.Forbidden : context.Response.StatusCode;
            return Task.FromResult(isRefused);
        };

        await line.SendCompleteAsync("own.tif", run);
        await line.WaitForAsync("own.tif", nameof(RunState.Complete));

        Assert.Equal(csv, await line.GetExportAsync("own.tif", Exports.PatchesCsv));
    }

    [Fact]
    public async Task Stored_scores_that_are_torn_or_gone_when_a_run_is_completed_are_made_again()
    {
        var run = await line.CompleteAsync("scores.tif", Slide);
        var csv = await line.GetExportAsync("scores.tif", Exports.PatchesCsv);
        await line.UnpublishAsync("scores.tif", run);
        await TearAsync(Containers.Results, Batch("scores.tif", run, 1));
        await line.Container(Containers.Results).DeleteBlobAsync(Batch("scores.tif", run, 0), cancellationToken: Token);

        await line.SendCompleteAsync("scores.tif", run);
        await line.WaitForAsync("scores.tif", nameof(RunState.Complete));

        Assert.Equal(csv, await line.GetExportAsync("scores.tif", Exports.PatchesCsv));
        Assert.NotNull(BatchScores.TryRead((await line.FindBlobAsync(Containers.Results, Batch("scores.tif", run, 1)))!));
    }

    [Theory]
    [InlineData("regions")]
    [InlineData("uncertain")]
    [InlineData("grid")]
    [InlineData("compare")]
    public async Task A_result_whose_scores_are_gone_says_that_a_rescore_makes_them_anew(string route)
    {
        var name = $"gone-{route}.tif";
        var run = await line.CompleteAsync(name, Slide);
        using var rescored = await line.PostAsync(name, "rescore", "again");
        await Eventually.HoldsAsync(() => line.Log, async () => await PublishedAsync(name) != run.Value);
        var published = RunId.Parse((await PublishedAsync(name))!);
        await line.Container(Containers.Results).DeleteBlobAsync(Batch(name, published, 0), cancellationToken: Token);
        var address = $"{Line.SlidePath(name)}/{route}{(route == "compare" ? $"?with={run}" : "")}";

        using var answer = await line.Api.GetAsync(address, Token);

        await Problem.AssertAsync(answer, HttpStatusCode.NotFound, "not-found");
        Assert.Contains($"POST /api/slides/{name}/rescore", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_is_torn_keeps_no_rescore_from_a_result()
    {
        var run = await line.CompleteAsync("plan.tif", Slide);
        await TearAsync(Containers.Results, BlobNames.Plan(SlideId.FromName("plan.tif"), run));

        using var rescored = await line.PostAsync("plan.tif", "rescore", "again");

        Assert.Equal(HttpStatusCode.Accepted, rescored.StatusCode);
        await Eventually.HoldsAsync(() => line.Log, async () => await PublishedAsync("plan.tif") != run.Value);
    }

    [Fact]
    public async Task Exports_of_the_program_that_stored_the_document_first_stay()
    {
        var run = await line.CompleteAsync("exports.tif", Slide);
        var results = line.Container(Containers.Results);
        string[] files = [Exports.PatchesCsv, Exports.PatchesGeoJson, Exports.HeatmapPng];
        var document = results.GetBlobClient(BlobNames.Export(SlideId.FromName("exports.tif"), run, Exports.RunJson));
        var stored = (await document.DownloadContentAsync(Token)).Value.Content;
        await line.UnpublishAsync("exports.tif", run);
        foreach (var file in files)
        {
            await TearAsync(Containers.Results, BlobNames.Export(SlideId.FromName("exports.tif"), run, file));
        }

        // Another program stores its document just after this one has seen that there is none.
        var isFirst = true;
        line.Proxy!.Fault = async context =>
        {
            if (!isFirst || context.Request.Method != "GET" || !context.Request.Path.Value!.EndsWith($"{run}/{Exports.RunJson}", StringComparison.Ordinal))
            {
                return false;
            }

            isFirst = false;
            await document.UploadAsync(stored, overwrite: true, CancellationToken.None);
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            context.Response.Headers["x-ms-error-code"] = BlobErrorCode.BlobNotFound.ToString();
            return true;
        };
        await line.SendCompleteAsync("exports.tif", run);
        await line.WaitForAsync("exports.tif", nameof(RunState.Complete));
        line.Proxy.Fault = null;

        Assert.False(isFirst);
        foreach (var file in files)
        {
            Assert.Equal([1, 2, 3], await line.GetExportAsync("exports.tif", file));
        }
    }

    private async Task TearAsync(string container, string blob) => await line.Container(container).GetBlobClient(blob).UploadAsync(BinaryData.FromBytes([1, 2, 3]), overwrite: true, Token);

    private async Task<string?> PublishedAsync(string name) => (await line.PublishedAsync(name))?.Run;

    private static string Batch(string name, RunId run, int batch) => BlobNames.BatchScores(SlideId.FromName(name), run, batch);
}
