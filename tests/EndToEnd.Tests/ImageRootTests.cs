using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The two images that share the work where a GPU scores: their roots, made by the images' own script, on one storage account.</summary>
public sealed class ImageRootTests : IDisposable
{
    private const string Name = "shared.tif";
    private readonly DirectoryInfo roots = Directory.CreateTempSubdirectory("idc-roots-");

    [Fact]
    public async Task A_slide_goes_through_the_tiling_app_and_the_scoring_app()
    {
        // As the template has it, but for the precision: the one decides for a graph that only the other runs.
        await using var tiling = await Line.StartAsync(
            new LineOptions { HasModel = false, IsKeyless = true, AppFolder = await MakeRootAsync("tiling") }.With("Scoring__Precision", "Int8").With("Scoring__ScoredElsewhere", "true"));
        var model = new ToyModel("1.0.0", int8Slope: 12.2f);
        await model.PublishAsync(tiling.ConnectionString, TestContext.Current.CancellationToken);
        await model.ActivateAsync(tiling.ConnectionString, TestContext.Current.CancellationToken);
        var ready = await tiling.Api.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);
        await tiling.DropAsync(Name, SyntheticSlide.OfTissue(600, 500, 4, 11).ToLibvipsPyramid(4));
        await tiling.WaitForAsync(Name, nameof(RunState.Scoring));
        var alone = await tiling.FindAsync(Name);

        var settings = HandlerSettings.For(tiling.ConnectionString, TimeSpan.FromSeconds(5));
        foreach (var (name, value) in tiling.Keyless!.SettingsOf("idc-scoring"))
        {
            settings[name] = value;
        }

        settings["Scoring__Precision"] = "Int8";
        using var log = new HostLog(TextWriter.Null, TimeProvider.System);
        await using var scoring = await FunctionsHost.StartAsync(
            FunctionApp.Load(await MakeRootAsync("scoring"), settings),
            new FunctionsHostOptions(0, tiling.ConnectionString, TimeSpan.FromSeconds(5), settings),
            TimeProvider.System,
            log,
            TestContext.Current.CancellationToken);
        var answer = await tiling.WaitForAsync(Name, nameof(RunState.Complete));
        using var client = new HttpClient { BaseAddress = scoring.Address };
        var live = await client.GetFromJsonAsync<JsonElement>("health/live", TestContext.Current.CancellationToken);
        var scoringReady = await client.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);
        using var api = await client.GetAsync(new Uri("api/slides", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(nameof(RunState.Scoring), alone?.GetProperty("status").GetString());
        Assert.Equal(("cpu", "cpu int8"), (ready.GetProperty("provider").GetString(), answer.GetProperty("provider").GetString()));
        Assert.True(answer.GetProperty("patches").GetInt32() > 20);
        Assert.Equal("ready", scoringReady.GetProperty("status").GetString());
        Assert.Equal(["patch-batches"], scoringReady.GetProperty("queues").EnumerateObject().Select(queue => queue.Name));
        Assert.All(tiling.Keyless.Refusals, refusal => Assert.Matches("^idc-scoring: GET /devstoreaccount1/[a-z-]+\\?comp=metadata", refusal));
        Assert.Equal("live", live.GetProperty("status").GetString());
        Assert.Equal(System.Net.HttpStatusCode.NotFound, api.StatusCode);
    }

    /// <inheritdoc/>
    public void Dispose() => roots.Delete(recursive: true);

    private async Task<string> MakeRootAsync(string role)
    {
        var target = Path.Combine(roots.FullName, role);
        using var layout = Process.Start(new ProcessStartInfo("sh", [Path.Combine(Repository.Root, "infra", "docker", "layout.sh"), PublishedApp.Folder, target, role]) { RedirectStandardError = true })!;
        var errors = await layout.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await layout.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(layout.ExitCode == 0, errors);
        return target;
    }
}
