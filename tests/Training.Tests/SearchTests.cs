using System.Globalization;
using System.Text.Json.Nodes;

namespace IdcFunctions.Training.Tests;

/// <summary>Random searches and cross-validations, through the program.</summary>
public sealed class SearchTests : IDisposable
{
    private static readonly string[] Unlimited = ["--gradient-clip", "0", "--warm-up", "0", "--batch", "2", "--epochs", "12"];

    private static readonly string[] Rates = ["learning-rate=0.01..10", "weight-decay=0.0001..1"];

    private static readonly string[] Small = ["--width", "1", "--depth", "10", "--threads", "1", "--validation-share", "0.5"];

    private readonly TemporaryFolder temporary = new();

    private string Models => temporary.At("models");

    private string Version => Path.Combine(Models, "idc-wrn-10-1", "1.0.0");

    public void Dispose() => temporary.Dispose();

    /// <summary>A trial that diverged once ended the search, and again at each start.</summary>
    [Fact]
    public async Task A_trial_that_diverges_is_kept_with_its_reason_and_the_search_goes_on()
    {
        string[] search = [Set(), "--trials", "2", "--range", .. Rates, "--seed", Seed(Diverges, Learns), "--checkpoints", temporary.At("run"), "--out", Models, .. Small, .. Unlimited];

        var (exitCode, output, error) = await TrainingProgram.RunAsync(search);

        Assert.True(exitCode == 0, error + output);
        var trials = Trials(temporary.At("run", "trials.json"));
        Assert.Contains("diverged", (string?)trials[0]!["reason"], StringComparison.Ordinal);
        Assert.Null(trials[0]!["validation"]);
        Assert.Null(trials[1]!["reason"]);
        Assert.Equal(trials.ToJsonString(), Trials(Path.Combine(Version, "trials.json")).ToJsonString());

        // No trial is trained again from its start.
        var again = await TrainingProgram.RunAsync([.. search, "--model-version", "1.0.1"]);
        Assert.True(again.ExitCode == 0, again.Error + again.Output);
        Assert.Equal(trials.Select(trial => (string?)trial!["reason"]), Trials(temporary.At("run", "trials.json")).Select(trial => (string?)trial!["reason"]));
        Assert.DoesNotContain("epoch 12/", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_without_a_good_trial_says_why_each_failed()
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync(
            [Set(), "--trials", "2", "--range", .. Rates, "--seed", Seed(Diverges, Diverges), "--out", Models, .. Small, .. Unlimited]);

        Assert.Equal(1, exitCode);
        Assert.Equal(2, error.Split("diverged").Length - 1);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(2, Trials(Path.Combine(Models, "idc-wrn-10-1-1.0.0-trials.json")).Count);
    }

    /// <summary>The hours were once counted from the last start.</summary>
    [Fact]
    public async Task Hours_of_an_earlier_start_count()
    {
        string[] search = [Set(), "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--batch", "4", "--epochs", "2"];
        var first = await TrainingProgram.RunAsync([.. search, "--trials", "1"]);
        Assert.True(first.ExitCode == 0, first.Error);
        var file = temporary.At("run", "trial-01", "progress.json");
        var progress = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        progress["spentSeconds"] = 3600;
        await File.WriteAllTextAsync(file, progress.ToJsonString(), TestContext.Current.CancellationToken);

        var second = await TrainingProgram.RunAsync([.. search, "--trials", "2", "--trial-hours", "0.9", "--model-version", "1.0.1"]);

        Assert.True(second.ExitCode == 0, second.Error);
        Assert.InRange((double)Assert.Single(Trials(temporary.At("run", "trials.json")))!["hours"]!, 1, 1.5);
    }

    [Fact]
    public async Task Folds_are_kept_without_checkpoints_too()
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync([Set(), "--folds", "2", "--out", Models, .. Small[..^2], "--batch", "4", "--epochs", "2"]);

        Assert.True(exitCode == 0, error);
        Assert.Equal(2, Trials(Path.Combine(Models, "idc-wrn-10-1-1.0.0-folds.json")).Count);
    }

    private string Set() => SyntheticPatches.Write(temporary.At("set"), ["1", "2", "3", "4"], 3);

    private static JsonArray Trials(string file) => JsonNode.Parse(File.ReadAllText(file))!.AsArray();

    /// <summary>A step takes so much of the weights that they grow, with another sign each time.</summary>
    private static bool Diverges(TrainingOptions options) => options.LearningRate * options.WeightDecay > 6;

    private static bool Learns(TrainingOptions options) => options is { LearningRate: < 0.05, WeightDecay: < 0.01 };

    /// <summary>A seed whose first trials draw what is wanted.</summary>
    private static string Seed(params Predicate<TrainingOptions>[] wanted) => Enumerable.Range(1, 1_000_000).First(seed =>
    {
        var random = new Random(seed);
        return wanted.All(isWanted => isWanted(TrialRange.Draw(TrialRange.All(Rates), new TrainingOptions(), random)));
    }).ToString(CultureInfo.InvariantCulture);
}
