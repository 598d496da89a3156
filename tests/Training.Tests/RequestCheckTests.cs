using System.Globalization;
using IdcFunctions.Training.Artefact;

namespace IdcFunctions.Training.Tests;

/// <summary>What the program refuses before anything starts.</summary>
public sealed class RequestCheckTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private string Cache => temporary.At("packs");

    public void Dispose() => temporary.Dispose();

    /// <summary>Cross-validation once began each fold with weights that had been trained on the fold's validation cases.</summary>
    [Theory]
    [InlineData("--folds", "2")]
    [InlineData("--leaking-split")]
    public async Task Another_split_than_that_of_the_initial_weights_is_refused(params string[] split)
    {
        var error = await RefusedAsync([Set(), "--initial-weights", temporary.At("epoch-001.dat"), .. split]);

        Assert.Contains(error.Split('\n'), line => line.StartsWith(split[0], StringComparison.Ordinal) && line.Contains("--initial-weights", StringComparison.Ordinal));
    }

    /// <summary>Lists, notes, teachers, weights and the version were once told one a start, some of them after the intake.</summary>
    [Fact]
    public async Task Every_path_and_every_value_is_looked_at_before_the_intake()
    {
        Directory.CreateDirectory(temporary.At("models", "taken", "1.0.0"));

        var error = await RefusedAsync(
            temporary.At("no-set"), "--batch", "1", "--train-cases", temporary.At("no-list"), temporary.At("no-more"), "--validation-cases", temporary.At("no-other"),
            "--card-notes", temporary.At("no-notes.md"), "--teachers", temporary.At("no-teacher"), temporary.At("no-second"), "--initial-weights", temporary.At("no-weights.dat"),
            "--out", temporary.At("models"), "--name", "taken", "--hour-price", "-1");

        foreach (var fault in (string[])["no-set", "--batch", "no-list", "no-more", "no-other", "no-notes.md", "no-teacher", "no-second", "no-weights.dat", "never overwritten", "--hour-price"])
        {
            Assert.Contains(error.Split('\n'), line => line.Contains(fault, StringComparison.Ordinal));
        }

        Assert.DoesNotContain("BatchSize", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_on_both_sides_is_told_before_the_intake_beside_the_other_faults()
    {
        var error = await RefusedAsync(
            Set(), "--train-cases", temporary.WriteLines("a", "1", "2"), "--validation-cases", temporary.WriteLines("b", "2"), "--card-notes", temporary.At("no-notes.md"));

        Assert.Contains("cases 2 are", error, StringComparison.Ordinal);
        Assert.Contains("--card-notes", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_without_their_split_are_told_before_the_intake() =>
        Assert.Contains("which cases they were trained on", await RefusedAsync(Set(), "--weights", temporary.WriteLines("epoch-001.dat", "")), StringComparison.Ordinal);

    [Theory]
    [InlineData("--range 'dropout=0..5'", "--trials", "2", "--range", "dropout=0..5")]
    [InlineData("--range 'learning-rate=0..0.1'", "--trials", "2", "--range", "learning-rate=0..0.1")]
    [InlineData("--range names jitter more than once", "--trials", "2", "--range", "jitter=0..0.1", "jitter=0..0.2")]
    [InlineData("--range is for --trials", "--range", "jitter=0..0.1")]
    [InlineData("--trial-hours is for --trials", "--trial-hours", "3")]
    [InlineData("--trial-hours is 0", "--trials", "2", "--trial-hours", "0")]
    [InlineData("--range gives no learning-rate", "--trials", "2", "--optimizer", "AdamW", "--learning-rate", "0.001")]
    [InlineData("--learning-rate is 0.05", "--optimizer", "AdamW")]
    [InlineData("--optimizer is 7; it must be Sgd or AdamW", "--optimizer", "7")]
    public async Task A_search_that_can_not_be_made_is_refused(string fault, params string[] search) =>
        Assert.Contains(fault, await RefusedAsync([Set(), .. search]), StringComparison.Ordinal);

    /// <summary>It writes no model: a share of validation cases and notes for a card were once taken without a word, and the version of a model that exists refused.</summary>
    [Fact]
    public async Task A_cross_validation_takes_nothing_that_is_for_a_model_and_needs_no_free_version()
    {
        Directory.CreateDirectory(temporary.At("models", "taken", "1.0.0"));

        var error = await RefusedAsync(Set(), "--folds", "2", "--validation-share", "0.3", "--card-notes", temporary.WriteLines("notes.md", "Ours."), "--out", temporary.At("models"), "--name", "taken");

        Assert.Contains(error.Split('\n'), line => line.StartsWith("--validation-share", StringComparison.Ordinal) && line.Contains("--folds", StringComparison.Ordinal));
        Assert.Contains(error.Split('\n'), line => line.StartsWith("--card-notes", StringComparison.Ordinal) && line.Contains("--folds", StringComparison.Ordinal));
        Assert.DoesNotContain("never overwritten", error, StringComparison.Ordinal);
    }

    /// <summary>A new folder once failed when all was measured; in the weights' own, the evaluation of their training was written over.</summary>
    [Fact]
    public async Task Weights_that_are_exported_keep_nothing_in_checkpoints() =>
        Assert.Contains(
            "--checkpoints is for a training",
            await RefusedAsync(Set(), "--weights", temporary.WriteLines("epoch-001.dat", ""), "--checkpoints", temporary.At("new")),
            StringComparison.Ordinal);

    /// <summary>The new training's weights would be written over those that it began with, and it could not go on.</summary>
    [Fact]
    public async Task Weights_to_begin_with_do_not_lie_where_the_new_ones_are_kept() =>
        Assert.Contains(
            "--initial-weights lie in --checkpoints",
            await RefusedAsync(Set(), "--initial-weights", temporary.WriteLines("epoch-001.dat", ""), "--checkpoints", temporary.Path),
            StringComparison.Ordinal);

    /// <summary>Trials draw the learning rate, and yet one was asked for beside its range.</summary>
    [Fact]
    public void A_range_of_the_learning_rate_is_one_given_for_the_optimizer()
    {
        var request = new TrainingRequest
        {
            Dataset = "set",
            Cache = Cache,
            Target = new ModelTarget(temporary.At("models"), "searched", "1.0.0"),
            Options = new TrainingOptions { Optimizer = OptimizerKind.AdamW },
            Trials = 2,
            Ranges = ["learning-rate=0.0003..0.003"],
        };

        Assert.Empty(RequestCheck.Faults(request));
    }

    [Fact]
    public async Task A_split_beside_lists_or_a_drawn_one_is_refused_and_one_without_its_lists_told()
    {
        Directory.CreateDirectory(temporary.At("splits"));
        temporary.WriteLines(Path.Combine("splits", "cases_train.txt"), "1");

        var error = await RefusedAsync(Set(), "--split", temporary.At("splits"), "--validation-share", "0.2", "--train-cases", temporary.WriteLines("a", "1"), "--validation-cases", temporary.WriteLines("b", "2"));

        Assert.Contains("--split holds both lists", error, StringComparison.Ordinal);
        Assert.Contains("--validation-share is for a split that is drawn", error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("splits", "cases_val.txt"), await RefusedAsync(Set(), "--split", temporary.At("splits")), StringComparison.Ordinal);
    }

    private string Set() => SyntheticPatches.Write(temporary.At("set"), Enumerable.Range(1, 3).Select(id => id.ToString(CultureInfo.InvariantCulture)), 1);

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync([.. arguments, "--cache", Cache, .. arguments.Contains("--out") ? (string[])[] : ["--out", temporary.At("models")]]);

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Cache), "It was taken in first.");
        return error;
    }
}
