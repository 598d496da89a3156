using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A new model on slides that have a result already.</summary>
public sealed class RescoreTests
{
    private const string Name = "again.tif";

    private static readonly byte[] Slide = SyntheticSlide.OfTissue(700, 600, 4, 71).ToLibvipsPyramid(4);

    [Fact]
    public async Task A_rescore_with_another_model_reads_the_stored_patches_and_nothing_of_the_slide()
    {
        await using var line = await Line.StartAsync();
        var first = await DropAsync(line, Name);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -9));
        var packs = await line.BlobNamesAsync(Containers.Patches);

        using var rescored = await RescoreAsync(line, new { prefix = "aga" });
        var second = await WaitForModelAsync(line, Name, "toy 2.0.0");

        Assert.Equal(HttpStatusCode.Accepted, rescored.StatusCode);
        Assert.Equal(packs, await line.BlobNamesAsync(Containers.Patches));
        Assert.Equal((0, 0), (second.GetProperty("bytesRead").GetInt64(), second.GetProperty("gets").GetInt32()));
        Assert.Equal(first.GetProperty("patches").GetInt32(), second.GetProperty("patches").GetInt32());
        Assert.NotEmpty(await line.GetExportAsync(Name, Exports.MaskPng));
    }

    /// <summary>A rescore that reads stored patches copies the mask they were cut by: what it became since is not that.</summary>
    [Fact]
    public async Task A_rescore_does_not_take_a_mask_that_was_changed_for_that_of_the_patches_it_reads()
    {
        await using var line = await Line.StartAsync();
        var first = await DropAsync(line, Name);
        await line.Container(Containers.Results).GetBlobClient($"{Name}/{first.GetProperty("run").GetString()}/{Exports.MaskPng}")
            .UploadAsync(BinaryData.FromString("all glass"), overwrite: true, TestContext.Current.CancellationToken);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -9));

        using var rescored = await RescoreAsync(line, new { slides = new[] { Name } });
        await WaitForModelAsync(line, Name, "toy 2.0.0");

        var verified = await line.Api.GetFromJsonAsync<JsonElement>($"{Line.SlidePath(Name)}/verification", TestContext.Current.CancellationToken);
        Assert.Equal("Changed", verified.GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("part").GetString() == Exports.MaskPng).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_rescore_whose_patches_are_gone_cuts_them_again()
    {
        await using var line = await Line.StartAsync();
        await DropAsync(line, Name);
        var csv = await line.GetExportAsync(Name, Exports.PatchesCsv);
        foreach (var pack in await line.BlobNamesAsync(Containers.Patches))
        {
            await line.Container(Containers.Patches).DeleteBlobAsync(pack, cancellationToken: TestContext.Current.CancellationToken);
        }

        await ActivateAsync(line, new ToyModel("1.0.1"));
        using var rescored = await RescoreAsync(line, new { slides = new[] { Name } });
        await WaitForModelAsync(line, Name, "toy 1.0.1");

        Assert.Equal(csv, await line.GetExportAsync(Name, Exports.PatchesCsv));
    }

    /// <summary>A run whose patches others read may be gone all the same, with its mask: the plan's own run has both.</summary>
    [Fact]
    public async Task A_rescore_that_cuts_patches_again_has_their_mask_and_tells_what_it_read()
    {
        await using var line = await Line.StartAsync();
        var first = await DropAsync(line, Name);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -9));
        using var rescored = await RescoreAsync(line, new { slides = new[] { Name } });
        await WaitForModelAsync(line, Name, "toy 2.0.0");
        var mask = await line.GetExportAsync(Name, Exports.MaskPng);
        await line.ForgetRunAsync(Name, first.GetProperty("run").GetString()!);

        await ActivateAsync(line, new ToyModel("3.0.0", slope: 7));
        using var again = await RescoreAsync(line, new { slides = new[] { Name } });
        var third = await WaitForModelAsync(line, Name, "toy 3.0.0");
        await ActivateAsync(line, new ToyModel("4.0.0", slope: 8));
        using var last = await RescoreAsync(line, new { slides = new[] { Name } });
        var fourth = await WaitForModelAsync(line, Name, "toy 4.0.0");

        Assert.Equal(mask, await line.GetExportAsync(Name, Exports.MaskPng));
        Assert.NotEqual((0, 0), (third.GetProperty("bytesRead").GetInt64(), third.GetProperty("gets").GetInt32()));
        Assert.Equal(third.GetProperty("bytesRead").GetInt64(), RunDocument.FromJson((await line.FindBlobAsync(Containers.Results, $"{Name}/{third.GetProperty("run").GetString()}/{Exports.RunJson}"))!).BytesRead);
        Assert.Equal((0, 0), (fourth.GetProperty("bytesRead").GetInt64(), fourth.GetProperty("gets").GetInt32()));
    }

    [Fact]
    public async Task Rescores_wait_while_the_queues_are_not_short_and_the_old_result_stays()
    {
        var options = new LineOptions();
        await using var line = await Line.StartAsync(options with { Settings = options.Settings.Add("Sweep__ReleasedAtOnce", "1") });
        await DropAsync(line, Name);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -9));

        // A message for a program of the future stands for the uploads that come first.
        await line.SendAsync(Queues.SlideUploads, """{"v":99}""");
        using var rescored = await RescoreAsync(line, new { all = true });
        await line.SweepAsync();
        var waiting = (await line.FindAsync(Name))!.Value;

        Assert.Equal(nameof(RunState.Waiting), waiting.GetProperty("status").GetString());
        Assert.Equal("toy 1.0.0", waiting.GetProperty("model").GetString());
        await line.Queues.GetQueueClient(Queues.SlideUploads).ClearMessagesAsync(TestContext.Current.CancellationToken);
        await line.SweepAsync();
        await WaitForModelAsync(line, Name, "toy 2.0.0");
    }

    /// <summary>Between the run's row and its slide's there are requests, one of which may be slow.</summary>
    [Fact]
    public async Task A_rescore_that_is_still_being_decided_when_others_are_let_go_gets_its_result()
    {
        await using var line = await Line.StartAsync(new LineOptions { IsCounted = true });
        await DropAsync(line, Name);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -9));
        var (wanting, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        line.Proxy!.Fault = async context =>
        {
            if (context.Request.Method == "PUT" && context.Request.Path.Value!.Contains("/Slides(", StringComparison.Ordinal) && wanting.TrySetResult())
            {
                await goOn.Task;
            }

            return false;
        };

        var deciding = RescoreAsync(line, new { all = true });
        await wanting.Task;
        await line.SweepAsync();
        await line.WaitUntilIdleAsync();
        goOn.SetResult();
        using var decided = await deciding;

        await WaitForModelAsync(line, Name, "toy 2.0.0");
    }

    [Fact]
    public async Task Two_models_results_are_compared_patch_by_patch()
    {
        await using var line = await Line.StartAsync();
        var first = await DropAsync(line, Name);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -12));
        using var rescored = await RescoreAsync(line, new { all = true });
        var second = await WaitForModelAsync(line, Name, "toy 2.0.0");

        var comparison = await line.Api.GetFromJsonAsync<JsonElement>(Comparison("1.0.0"), TestContext.Current.CancellationToken);
        using var none = await line.Api.GetAsync(Comparison("9.0.0"), TestContext.Current.CancellationToken);

        // The slope's sign turned round turns every class round.
        Assert.Equal(first.GetProperty("patches").GetInt32(), comparison.GetProperty("common").GetInt32());
        Assert.Equal(0, comparison.GetProperty("agreement").GetDouble());
        Assert.Equal(comparison.GetProperty("common").GetInt32(), comparison.GetProperty("flipped").GetArrayLength());
        Assert.Equal(
            first.GetProperty("tumourAreaMm2").GetDouble() - second.GetProperty("tumourAreaMm2").GetDouble(),
            comparison.GetProperty("tumourAreaDifferenceMm2").GetDouble(),
            1e-9);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains($"{Line.SlidePath(Name)}/runs", await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_is_compared_with_another_models_by_name_and_version_and_with_its_own_models_only_by_the_run()
    {
        await using var line = await Line.StartAsync();
        await DropAsync(line, Name);
        await ActivateAsync(line, new ToyModel("2.0.0", slope: -12));
        using var rescored = await RescoreAsync(line, new { all = true });
        var second = (await WaitForModelAsync(line, Name, "toy 2.0.0")).GetProperty("run").GetString()!;
        using var again = await line.PostAsync(Name, "rescore");
        await Eventually.HoldsAsync(() => line.Log, async () => await line.FindAsync(Name) is { } answer && answer.GetProperty("status").GetString() == nameof(RunState.Complete) && answer.GetProperty("run").GetString() != second);

        var byName = await line.Api.GetFromJsonAsync<JsonElement>(Comparison("toy 1.0.0"), TestContext.Current.CancellationToken);
        var byRun = await line.Api.GetFromJsonAsync<JsonElement>(Comparison(second), TestContext.Current.CancellationToken);

        Assert.Equal((0, 1), (byName.GetProperty("agreement").GetDouble(), byRun.GetProperty("agreement").GetDouble()));
        foreach (var with in new[] { "2.0.0", "toy 2.0.0", "other 1.0.0" })
        {
            using var none = await line.Api.GetAsync(Comparison(with), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Fact]
    public async Task A_request_that_does_not_say_which_slides_is_refused()
    {
        await using var line = await Line.StartAsync();
        foreach (var body in new object[] { new { }, new { all = true, prefix = "a" } })
        {
            using var answer = await RescoreAsync(line, body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_variant_in_eight_orientations_scores_where_the_settings_ask_for_it_and_a_model_without_it_is_refused()
    {
        var options = new LineOptions();
        await using var line = await Line.StartAsync(options with { HasModel = false, Settings = options.Settings.Add("Scoring__Precision", "Int8").Add("Scoring__AllOrientations", "true") });
        await ActivateAsync(line, new ToyModel("1.0.0", int8Slope: 12.2f));

        var answer = await DropAsync(line, Name);
        var csv = Encoding.UTF8.GetString(await line.GetExportAsync(Name, Exports.PatchesCsv)).Split('\n');
        var patches = await line.Api.GetFromJsonAsync<JsonElement>($"api/slides/{Name}/patches?top=1", TestContext.Current.CancellationToken);
        await ActivateAsync(line, new ToyModel("2.0.0"));
        var refused = await line.WaitForAsync("other.tif", nameof(RunState.Failed), await line.DropAsync("other.tif", Slide));

        Assert.Equal("cpu int8", answer.GetProperty("provider").GetString());
        Assert.EndsWith(",spread_IDC", csv[0], StringComparison.Ordinal);

        // The toy model's probability depends on a mean, which turning does not change, but for the order of its sum.
        Assert.Equal(0, double.Parse(csv[1].Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture), 1e-5);
        Assert.Equal(0, patches.GetProperty("items")[0].GetProperty("spread").GetDouble(), 1e-5);
        Assert.Contains("Scoring:Precision", refused.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static string Comparison(string with) => $"{Line.SlidePath(Name)}/compare?with={Uri.EscapeDataString(with)}";

    private static async Task<JsonElement> DropAsync(Line line, string name)
    {
        var answer = await line.WaitForAsync(name, nameof(RunState.Complete), await line.DropAsync(name, Slide));
        await line.WaitUntilIdleAsync();
        return answer;
    }

    private static async Task ActivateAsync(Line line, ToyModel model)
    {
        await model.PublishAsync(line.ConnectionString, TestContext.Current.CancellationToken);
        await model.ActivateAsync(line.ConnectionString, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpResponseMessage> RescoreAsync(Line line, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await line.Api.PostAsync("api/rescores", content, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement> WaitForModelAsync(Line line, string name, string model) =>
        await Eventually.ResultAsync(() => $"{name} has no result of {model}.{Environment.NewLine}{line.Log}", async () =>
            await line.FindAsync(name) is { } answer && answer.GetProperty("status").GetString() == nameof(RunState.Complete) && answer.GetProperty("model").GetString() == model ? answer : (JsonElement?)null);
}
