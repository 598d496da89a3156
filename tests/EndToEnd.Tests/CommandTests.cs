using System.Globalization;
using System.Text.Json;
using IdcFunctions.Fixtures;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The command <c>idc</c> with the shipped model, as its users call it.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-command-").FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A storage that was killed with its parent may have written its last file just now.
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Score_writes_every_result_tells_what_failed_and_a_second_time_changes_nothing()
    {
        var slides = Directory.CreateDirectory(Path.Combine(folder, "slides")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(slides, "good one.tif"), SyntheticSlide.OfTissue(500, 400, 4, 41).ToLibvipsPyramid(4), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(slides, "bad.tif"), "no slide", TestContext.Current.CancellationToken);

        var first = await IdcProcess.RunAsync(folder, "score", "slides", "--results", "first", "--json");
        var second = await IdcProcess.RunAsync(folder, "score", "slides/good one.tif", "--results", "second", "--json");

        Assert.Equal(1, first.ExitCode);
        Assert.Equal(0, second.ExitCode);
        using var firstReport = JsonDocument.Parse(first.Output);
        using var secondReport = JsonDocument.Parse(second.Output);
        var (bad, good) = (firstReport.RootElement.GetProperty("slides")[0], firstReport.RootElement.GetProperty("slides")[1]);
        Assert.Equal(("bad.tif", "Failed"), (bad.GetProperty("slide").GetString(), bad.GetProperty("status").GetString()));
        Assert.Contains("bad.tif: ", first.Errors, StringComparison.Ordinal);
        Assert.Equal(("good one.tif", "Complete"), (good.GetProperty("slide").GetString(), good.GetProperty("status").GetString()));
        Assert.Equal(good.GetRawText(), secondReport.RootElement.GetProperty("slides")[0].GetRawText());
        foreach (var file in new[] { "heatmaps/good one.png", "model-outputs-csv/good one.csv", "model-outputs-geojson/good one.geojson" })
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(folder, "first", file), TestContext.Current.CancellationToken);
            Assert.NotEmpty(content);
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(folder, "second", file), TestContext.Current.CancellationToken));
        }

        using var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "first", "run_metadata.json"), TestContext.Current.CancellationToken));
        Assert.Equal(2, metadata.RootElement.GetProperty("slides").GetArrayLength());

        var verified = await IdcProcess.RunAsync(folder, "verify");
        Assert.Equal((0, "good~20one.tif: unchanged"), (verified.ExitCode, verified.Output.Trim()));

        // It still has its result where its newer content has none.
        await File.WriteAllTextAsync(Path.Combine(slides, "good one.tif"), "no slide either", TestContext.Current.CancellationToken);
        var third = await IdcProcess.RunAsync(folder, "score", "slides/good one.tif", "--results", "third");
        var again = await IdcProcess.RunAsync(folder, "verify");
        Assert.Equal((1, 1), (third.ExitCode, again.ExitCode));
        Assert.StartsWith("good~20one.tif: changed", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serving_tells_its_address_first_and_leaves_no_process_behind_when_it_is_killed()
    {
        using var serving = IdcProcess.Start(folder, "--port", "0");
        var address = new Uri((await serving.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        using var client = new HttpClient { BaseAddress = address };
        Assert.Equal("""{"items":[],"continuation":null}""", await client.GetStringAsync("api/slides", TestContext.Current.CancellationToken));
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.tif"), SyntheticSlide.OfTissue(500, 400, 4, 42).ToLibvipsPyramid(4), TestContext.Current.CancellationToken);

        // Another process finds the one that serves the folder and uses it.
        var scored = await IdcProcess.RunAsync(folder, "score", "a.tif", "--results", "results");
        var children = Processes.ChildrenOf(serving.Id);
        serving.Kill();

        Assert.Equal(0, scored.ExitCode);
        Assert.Equal(2, children.Count);
        await Eventually.HoldsAsync(() => string.Join(' ', children), () => Task.FromResult(children.TrueForAll(child => !Directory.Exists($"/proc/{child}"))));
        using var again = IdcProcess.Start(folder, "--port", "0");
        var newAddress = new Uri((await again.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        using var slide = JsonDocument.Parse(await client.GetStringAsync(new Uri(newAddress, "api/slides/a.tif"), TestContext.Current.CancellationToken));
        again.Kill();
        Assert.Equal("Complete", slide.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_demo_ends_with_a_scored_slide()
    {
        var demo = await IdcProcess.RunAsync(folder, "demo");

        Assert.Equal((0, true), (demo.ExitCode, demo.Output.Contains("Complete", StringComparison.Ordinal)));
        Assert.True(File.Exists(Path.Combine(folder, "demo-results", "heatmaps", "synthetic-slide.png")));
    }

    [Fact]
    public async Task On_a_real_section_the_result_agrees_with_the_pathologists_labels()
    {
        var slide = SharedData.Require("data/slides/idc-8867.tif");
        var labels = (await File.ReadAllLinesAsync(SharedData.Require("data/slides/idc-8867-labels.csv"), TestContext.Current.CancellationToken))[1..]
            .Select(line => line.Split(',')).ToDictionary(fields => (fields[0], fields[1]), fields => fields[4] == "1");

        var scored = await IdcProcess.RunAsync(folder, "score", slide, "--results", "results");
        var probabilities = (await File.ReadAllLinesAsync(Path.Combine(folder, "results", "model-outputs-csv", "idc-8867.csv"), TestContext.Current.CancellationToken))[1..]
            .Select(line => line.Split(',')).ToDictionary(fields => (fields[0], fields[1]), fields => double.Parse(fields[4], CultureInfo.InvariantCulture));

        Assert.Equal(0, scored.ExitCode);
        Assert.All(labels.Keys, patch => Assert.Contains(patch, probabilities));
        var idc = labels.Where(label => label.Value).Select(label => probabilities[label.Key]).ToList();
        var other = labels.Where(label => !label.Value).Select(label => probabilities[label.Key]).ToList();

        // AUC as the share of pairs in the right order (Mann-Whitney). The bound is what the data set's own judge asks.
        var auc = idc.Sum(positive => other.Sum(negative => positive > negative ? 1 : positive == negative ? 0.5 : 0)) / ((double)idc.Count * other.Count);
        Assert.InRange(auc, 0.9, 1);
    }
}
