using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Small = ["--width", "1", "--batch", "8", "--threads", "1"];

    private readonly TemporaryFolder temporary = new();

    private string Models => temporary.At("models");

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_training_without_case_lists_learns_and_its_weights_can_be_exported_again()
    {
        var set = SyntheticPatches.Write(temporary.At("set"), Cases(10), 4);
        var checkpoints = temporary.At("checkpoints");

        var (exitCode, output, error) = await TrainingProgram.RunAsync(
            [set, "--out", Models, "--width", "1", "--batch", "8", "--epochs", "6", "--threads", "1", "--checkpoints", checkpoints]);

        Assert.True(exitCode == 0, error);
        Assert.Contains("split by case, 0.2 for validation, seed 1", output, StringComparison.Ordinal);
        Assert.Contains("training: 8 cases, 64 patches; validation: 2 cases, 16 patches; near-duplicates across the two: none found", output, StringComparison.Ordinal);
        Assert.Contains("epoch 6/6", output, StringComparison.Ordinal);
        var folder = Path.Combine(Models, "idc-wrn-16-1", "1.0.0");
        Assert.Equal(2, CaseSplit.FromJsonFile(Path.Combine(folder, "split.json")).Validation.Count);
        Assert.True(BalancedAccuracyOnNewCases(folder) >= 0.9, output);

        // The last epoch's weights are those of the model, and the split beside them is theirs.
        var again = await TrainingProgram.RunAsync([set, "--weights", Path.Combine(checkpoints, "epoch-006.dat"), "--out", Models, "--width", "1", "--threads", "1", "--model-version", "1.0.1"]);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder, "model.onnx")),
            File.ReadAllBytes(Path.Combine(Models, "idc-wrn-16-1", "1.0.1", "model.onnx")));

        // Other cases than those of the weights' training would flatter them.
        var leak = await TrainingProgram.RunAsync(
            [set, "--weights", Path.Combine(checkpoints, "epoch-006.dat"), "--out", Models, "--width", "1", "--model-version", "1.0.2", .. Lists(["1"], ["2"])]);
        Assert.Equal(1, leak.ExitCode);
        Assert.Contains("names other cases than the lists", leak.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_can_be_taught_by_published_ones_but_not_by_one_that_knows_its_validation_cases()
    {
        var set = SyntheticPatches.Write(temporary.At("set"), Cases(5), 3);
        var teacher = Path.Combine(Models, "teacher", "1.0.0");
        string[] Training(string name, string[] lists) => [set, .. lists, "--out", Models, "--cache", temporary.At("cache"), "--name", name, .. Small, "--epochs", "2"];
        var taught = await TrainingProgram.RunAsync(Training("teacher", Lists(["1", "2", "3"], ["5"])));
        Assert.True(taught.ExitCode == 0, taught.Error);

        var (exitCode, output, error) = await TrainingProgram.RunAsync([.. Training("pupil", Lists(["1", "2"], ["5"])), "--teachers", teacher]);

        Assert.True(exitCode == 0, error);
        Assert.Contains("teacher teacher 1.0.0: scoring 12 patches in 8 orientations", output, StringComparison.Ordinal);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Models, "pupil", "1.0.0", "config.json"), TestContext.Current.CancellationToken))!;
        var distillation = config["training"]!["distillation"]!;
        Assert.Equal(0.7, distillation["share"]!.GetValue<double>());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(teacher, "model.onnx"), TestContext.Current.CancellationToken))),
            distillation["teachers"]![0]!["sha256"]!.GetValue<string>());
        Assert.Contains("Distilled: 0.7 of each target", await File.ReadAllTextAsync(Path.Combine(Models, "pupil", "1.0.0", "README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // What a teacher has said is kept.
        var again = await TrainingProgram.RunAsync([.. Training("pupil-2", Lists(["1", "2"], ["5"])), "--teachers", teacher, "--teacher-share", "1"]);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.DoesNotContain("scoring", again.Output, StringComparison.Ordinal);

        await AssertToldAsync("trained on case 3", [.. Training("leaking", Lists(["1", "2"], ["3"])), "--teachers", teacher]);
        await AssertToldAsync("a teacher is the folder of a model's version", [.. Training("nobody", Lists(["1"], ["3"])), "--teachers", temporary.At("nothing")]);
        await AssertToldAsync("--teacher-share", [.. Training("nobody", Lists(["1"], ["3"])), "--teacher-share", "0.5"]);
        await AssertToldAsync("--teachers", [set, "--folds", "2", "--teachers", teacher]);
    }

    /// <summary>What a network was trained on it knows by heart, wrong labels too.</summary>
    [Fact]
    public async Task Of_several_teachers_those_are_asked_about_a_case_that_were_not_trained_on_it()
    {
        var set = SyntheticPatches.Write(temporary.At("set"), Cases(6), 3);
        string[] Training(string name, string[] lists) => [set, .. lists, "--out", Models, "--cache", temporary.At("cache"), "--name", name, .. Small, "--epochs", "2"];
        foreach (var (name, cases) in ((string, string[])[])[("first", ["1", "2", "4"]), ("second", ["2", "3", "4"])])
        {
            var taught = await TrainingProgram.RunAsync(Training(name, Lists(cases, ["6"])));
            Assert.True(taught.ExitCode == 0, taught.Error);
        }

        string[] teachers = [Path.Combine(Models, "first", "1.0.0"), Path.Combine(Models, "second", "1.0.0")];
        var (exitCode, output, error) = await TrainingProgram.RunAsync([.. Training("pupil", Lists(["1", "2", "3", "5"], ["6"])), "--teachers", .. teachers]);

        // 3 and 5 by the first, 1 and 5 by the second, and 2, which both were trained on, by both: three cases of six patches each.
        Assert.True(exitCode == 0, error);
        Assert.Contains("teacher first 1.0.0: scoring 18 patches in 8 orientations", output, StringComparison.Ordinal);
        Assert.Contains("teacher second 1.0.0: scoring 18 patches in 8 orientations", output, StringComparison.Ordinal);

        using var pack = new PatchIntake(temporary.At("cache")).Open(set);
        var patches = pack.Select(new HashSet<string> { "1", "2", "3", "5" });
        var asked = Teachers.Find(teachers).Probabilities(patches, temporary.At("cache"), new ScoringOptions { Threads = 1 }, TextWriter.Null, TestContext.Current.CancellationToken);
        var alone = teachers.Select(teacher => Teachers.Find([teacher]).Probabilities(patches, temporary.At("alone"), new ScoringOptions { Threads = 1 }, TextWriter.Null, TestContext.Current.CancellationToken)).ToList();
        Assert.Equal(
            patches.Patches.Select((patch, i) => patch.Case switch { "1" => alone[1][i], "3" => alone[0][i], _ => (alone[0][i] + alone[1][i]) / 2 }),
            asked,
            (expected, actual) => Math.Abs(expected - actual) < 1e-5);
    }

    [Fact]
    public async Task A_training_with_case_lists_and_its_notes_is_written()
    {
        var set = SyntheticPatches.Write(temporary.At("set"), Cases(5), 3);

        var (exitCode, output, error) = await TrainingProgram.RunAsync(
            [set, .. Lists(["1", "2"], ["5"]), "--out", Models, "--name", "mine", "--card-notes", temporary.WriteLines("notes.md", "Our own slides."), .. Small, "--epochs", "4"]);

        Assert.True(exitCode == 0, error);
        Assert.Contains("training: 2 cases, 12 patches; validation: 1 cases, 6 patches", output, StringComparison.Ordinal);
        Assert.EndsWith("## Notes\n\nOur own slides.\n", File.ReadAllText(Path.Combine(Models, "mine", "1.0.0", "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_data_sets_layout_and_the_options()
    {
        var (exitCode, output, _) = await TrainingProgram.RunAsync("--help");

        Assert.Equal(0, exitCode);
        foreach (var text in (string[])["{case}_idx5_x{X}_y{Y}_class{0|1}.png", "--validation-share", "--train-cases", "--weights", "--seed", "--folds", "--trials"])
        {
            Assert.Contains(text, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_data_set_that_is_not_there_is_told() => await AssertToldAsync("there is no such folder or zip", temporary.At("nowhere"));

    [Fact]
    public async Task No_data_set_is_told() => await AssertToldAsync("dataset");

    [Fact]
    public async Task An_unknown_option_is_told() => await AssertToldAsync("--colour", ValidSet(), "--colour", "1");

    [Fact]
    public async Task A_value_out_of_its_range_is_told() => await AssertToldAsync("--epochs must be between", ValidSet(), "--epochs", "0");

    [Fact]
    public async Task A_share_out_of_its_range_is_told() => await AssertToldAsync("--validation-share is 0.9", ValidSet(), "--validation-share", "0.9");

    /// <summary>Whoever corrects one fault should not meet the next one after it.</summary>
    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync(
            ValidSet(), "--epochs", "0", "--depth", "17", "--validation-share", "0.9", "--freeze", "1", "--name", "a/b", "--range", "jitter=2..1", "--folds", "1");

        Assert.Equal(1, exitCode);
        foreach (var fault in (string[])["--epochs must be between", "--depth is 17", "--validation-share", "--initial-weights", "--name 'a/b'", "--range 'jitter=2..1'", "--folds is 1"])
        {
            Assert.Contains(fault, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cross_validation_trains_a_fold_after_the_other_and_writes_no_model()
    {
        var (exitCode, output, error) = await TrainingProgram.RunAsync([ValidSet(), "--folds", "2", "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--epochs", "4"]);

        Assert.True(exitCode == 0, error);
        Assert.Contains("over 2 folds", output, StringComparison.Ordinal);
        Assert.Equal(2, JsonNode.Parse(File.ReadAllText(temporary.At("run", "folds.json")))!.AsArray().Count);
        Assert.Empty(Directory.GetFileSystemEntries(Models));
    }

    [Fact]
    public async Task Trials_are_all_kept_and_the_best_one_is_the_model()
    {
        var (exitCode, output, error) = await TrainingProgram.RunAsync(
            [ValidSet(), "--trials", "2", "--range", "learning-rate=0.02..0.04", "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--epochs", "3", "--validation-share", "0.5"]);

        Assert.True(exitCode == 0, error);
        var trials = JsonNode.Parse(File.ReadAllText(temporary.At("run", "trials.json")))!.AsArray();
        Assert.Equal(2, trials.Count);
        Assert.All(trials, trial => Assert.InRange((double)trial!["options"]!["learningRate"]!, 0.02, 0.04));
        var best = trials.MaxBy(trial => (double)trial!["validation"]!["auc"]!)!;
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(Models, "idc-wrn-16-1", "1.0.0", "config.json")));
        Assert.Equal((double)best["options"]!["learningRate"]!, (double)manifest.Training!["options"]!["learning_rate"]!);

        // The patches are loaded and told of once: each trial once had its own, and the best one's stayed beside the next one's.
        Assert.Single(Regex.Matches(output, "^training: ", RegexOptions.Multiline));
    }

    [Fact]
    public async Task A_leaking_split_is_said_to_leak_in_the_log_the_card_and_the_report()
    {
        var (exitCode, output, error) = await TrainingProgram.RunAsync([ValidSet(), "--leaking-split", "--validation-share", "0.5", "--out", Models, .. Small, "--epochs", "3"]);

        Assert.True(exitCode == 0, error);
        Assert.Contains("LEAK", output, StringComparison.Ordinal);
        Assert.Contains("leaks", File.ReadAllText(Path.Combine(Models, "idc-wrn-16-1", "1.0.0", "README.md")), StringComparison.Ordinal);
        Assert.Contains("These figures leak", File.ReadAllText(Path.Combine(Models, "idc-wrn-16-1", "1.0.0", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_that_is_asked_to_stop_says_so_and_goes_on_when_started_again()
    {
        string[] arguments = [ValidSet(), "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--epochs", "3", "--hour-price", "0.9"];
        Directory.CreateDirectory(temporary.At("run"));
        var cancel = temporary.WriteLines(Path.Combine("run", "cancel"), "");

        var stopped = await TrainingProgram.RunAsync(arguments);
        var cancelled = Progress();
        File.Delete(cancel);
        var again = await TrainingProgram.RunAsync(arguments);
        var succeeded = Progress();

        Assert.Equal((1, 0), (stopped.ExitCode, again.ExitCode));
        Assert.Equal("cancelled", (string?)cancelled["status"]);
        Assert.Contains("asked for it", (string?)cancelled["reason"], StringComparison.Ordinal);
        Assert.Equal("succeeded", (string?)succeeded["status"]);
        Assert.Equal(3, succeeded["training"]!["epochs"]!.AsArray().Count);
        Assert.True((double)succeeded["spentSeconds"]! > (double)cancelled["spentSeconds"]!);
        Assert.Equal((double)succeeded["spentSeconds"]! / 3600 * 0.9, (double)succeeded["cost"]!, 9);

        JsonNode Progress() => JsonNode.Parse(File.ReadAllText(temporary.At("run", "progress.json")))!;
    }

    [Fact]
    public async Task A_training_can_begin_with_the_weights_of_another_on_its_cases()
    {
        var first = await TrainingProgram.RunAsync([ValidSet(), "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--epochs", "2"]);
        var second = await TrainingProgram.RunAsync([ValidSet(), "--initial-weights", temporary.At("run", "epoch-002.dat"), "--freeze", "2", "--out", Models, "--model-version", "1.1.0", .. Small, "--epochs", "2"]);

        Assert.True((first.ExitCode, second.ExitCode) == (0, 0), first.Error + second.Error);
        Assert.Contains("begun with the weights `epoch-002.dat`", File.ReadAllText(Path.Combine(Models, "idc-wrn-16-1", "1.1.0", "README.md")), StringComparison.Ordinal);
    }

    /// <summary>A lab's own cases: the published model goes on with them, and is measured on some that it has never seen.</summary>
    [Fact]
    public async Task A_training_can_begin_with_a_published_model_on_other_cases()
    {
        var first = await TrainingProgram.RunAsync([ValidSet(), "--out", Models, .. Small, "--epochs", "2"]);
        var published = Path.Combine(Models, "idc-wrn-16-1", "1.0.0");
        var own = SyntheticPatches.Write(temporary.At("own"), [.. Enumerable.Range(11, 4).Select(i => $"{i}")], 3);

        string[] training = [own, "--initial-weights", Path.Combine(published, "weights.dat"), "--out", Models, .. Small, "--epochs", "2"];
        var second = await TrainingProgram.RunAsync([.. training, "--model-version", "1.1.0"]);
        var known = CaseSplit.FromJsonFile(Path.Combine(published, "split.json")).Training;
        var refused = await TrainingProgram.RunAsync([.. training, "--model-version", "1.2.0", .. Lists(["11"], [known.First()])]);

        Assert.True((first.ExitCode, second.ExitCode) == (0, 0), first.Error + second.Error);
        var split = CaseSplit.FromJsonFile(Path.Combine(Models, "idc-wrn-16-1", "1.1.0", "split.json"));
        Assert.Equal(["11", "12", "13", "14"], split.Training.Concat(split.Validation).Order(StringComparer.Ordinal));
        Assert.Equal(known.Order(StringComparer.Ordinal), split.Inherited.Order(StringComparer.Ordinal));
        Assert.Contains($"were trained on the cases {known.First()}, which", refused.Error, StringComparison.Ordinal);

        // Exported with the lists of its split, which do not name what it inherited.
        var exported = await TrainingProgram.RunAsync(
            [own, "--weights", Path.Combine(Models, "idc-wrn-16-1", "1.1.0", "weights.dat"), "--out", Models, "--width", "1", "--threads", "1", "--model-version", "1.3.0", .. Lists([.. split.Training], [.. split.Validation])]);
        Assert.True(exported.ExitCode == 0, exported.Error);
    }

    [Fact]
    public async Task A_folder_with_the_published_lists_is_a_split()
    {
        Directory.CreateDirectory(temporary.At("splits"));
        foreach (var (list, id) in new[] { ("train", "1"), ("extended", "2"), ("val", "3"), ("test", "4") })
        {
            temporary.WriteLines(Path.Combine("splits", $"cases_{list}.txt"), id);
        }

        var (exitCode, _, error) = await TrainingProgram.RunAsync([ValidSet(), "--split", temporary.At("splits"), "--momentum", "0.8", "--out", Models, .. Small, "--epochs", "2"]);

        Assert.True(exitCode == 0, error);
        var split = CaseSplit.FromJsonFile(Path.Combine(Models, "idc-wrn-16-1", "1.0.0", "split.json"));
        Assert.Equal(["1", "2"], split.Training.Order(StringComparer.Ordinal));
        Assert.Equal(["3"], split.Validation);
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(Models, "idc-wrn-16-1", "1.0.0", "config.json")));
        Assert.Equal(0.8, (double)manifest.Training!["options"]!["momentum"]!);
    }

    /// <summary>Lists given with weights that no split.json lies beside were once believed without a word.</summary>
    [Fact]
    public async Task That_the_cases_of_weights_were_only_stated_is_said()
    {
        using var network = TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options(epochs: 4));
        network.save(temporary.At("epoch-001.dat"));

        var (exitCode, output, error) = await TrainingProgram.RunAsync([ValidSet(), "--weights", temporary.At("epoch-001.dat"), .. Lists(["1"], ["2"]), "--out", Models, .. Small]);

        Assert.True(exitCode == 0, error);
        Assert.Contains("only stated", output, StringComparison.Ordinal);
        var folder = Path.Combine(Models, "idc-wrn-16-1", "1.0.0");
        Assert.Contains("only stated", File.ReadAllText(Path.Combine(folder, "README.md")), StringComparison.Ordinal);
        Assert.True((bool)ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json"))).Training!["split_only_stated"]!);
    }

    /// <summary>It once vanished in the next generation, which found the lists that were stated in a split.json.</summary>
    [Fact]
    public async Task That_the_cases_of_weights_were_only_stated_is_inherited_by_what_begins_with_them()
    {
        using var network = TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options(epochs: 4));
        network.save(temporary.At("epoch-001.dat"));
        string[] training = [ValidSet(), "--out", Models, .. Small, "--epochs", "3"];
        var first = await TrainingProgram.RunAsync([.. training, "--initial-weights", temporary.At("epoch-001.dat"), .. Lists(["1", "2"], ["3"]), "--checkpoints", temporary.At("run")]);

        var second = await TrainingProgram.RunAsync([.. training, "--weights", temporary.At("run", "epoch-003.dat"), "--model-version", "1.1.0"]);

        Assert.True((first.ExitCode, second.ExitCode) == (0, 0), first.Error + second.Error);
        Assert.Contains("only stated", second.Output, StringComparison.Ordinal);
        var folder = Path.Combine(Models, "idc-wrn-16-1", "1.1.0");
        Assert.Contains("only stated", File.ReadAllText(Path.Combine(folder, "README.md")), StringComparison.Ordinal);
        Assert.True((bool)ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json"))).Training!["split_only_stated"]!);
        Assert.True((bool)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "split.json")))!["onlyStated"]!);
    }

    /// <summary>The checkpoint once knew the training patches' pixels alone: with other labels it went on.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task A_data_set_whose_labels_have_changed_on_either_side_does_not_go_on(string changed)
    {
        var set = ValidSet();
        string[] training = [set, .. Lists(["1", "2"], ["3"]), "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--epochs", "2"];
        var first = await TrainingProgram.RunAsync(training);
        Assert.True(first.ExitCode == 0, first.Error);
        var idc = Directory.GetFiles(Path.Combine(set, changed, "1"))[0];
        File.Move(idc, Path.Combine(set, changed, "0", Path.GetFileName(idc).Replace("class1", "class0", StringComparison.Ordinal)));

        await AssertToldAsync("other options, cases or patches", [.. training, "--model-version", "1.0.1"]);
    }

    /// <summary>Each training of a search once looked into its own folder only.</summary>
    [Theory]
    [InlineData("--trials")]
    [InlineData("--folds")]
    public async Task A_search_and_a_cross_validation_are_ended_from_the_checkpoints_folder(string several)
    {
        Directory.CreateDirectory(temporary.At("run"));
        temporary.WriteLines(Path.Combine("run", "cancel"), "");

        await AssertToldAsync("asked for it", [ValidSet(), several, "2", "--checkpoints", temporary.At("run"), "--out", Models, .. Small, "--epochs", "2"]);
    }

    [Fact]
    public async Task One_list_without_the_other_is_told() => await AssertToldAsync("go together", ValidSet(), "--train-cases", temporary.WriteLines("a", "1"));

    [Fact]
    public async Task A_share_beside_lists_is_told() => await AssertToldAsync("--validation-share", [ValidSet(), .. Lists(["1"], ["2"]), "--validation-share", "0.2"]);

    [Fact]
    public async Task A_case_on_both_sides_is_told() => await AssertToldAsync("cases 1 are", [ValidSet(), .. Lists(["1"], ["1", "2"])]);

    [Fact]
    public async Task A_list_that_is_not_there_is_told() => await AssertToldAsync("the list of cases can't be read", ValidSet(), "--train-cases", temporary.At("x"), "--validation-cases", temporary.At("y"));

    [Fact]
    public async Task A_side_with_one_class_is_told()
    {
        SyntheticPatches.WritePatch(temporary.At("set"), "9", 1, 1, isIdc: false, new Random(1));

        await AssertToldAsync("validation are all non-IDC", [ValidSet(), .. Lists(["1"], ["9"])]);
    }

    [Fact]
    public async Task Weights_that_are_not_there_are_told() => await AssertToldAsync("epoch-001.dat", ValidSet(), "--weights", temporary.At("epoch-001.dat"));

    [Fact]
    public async Task Weights_that_are_none_are_told() => await AssertToldAsync("are no weights", ValidSet(), "--weights", temporary.WriteLines("epoch-001.dat", "no weights, and longer than a header"));

    // Networks of k = 2 and 4 have equally many tensors, those of k = 1 fewer.
    [Theory]
    [InlineData(1, "2")]
    [InlineData(2, "4")]
    public async Task Weights_of_another_width_are_told(int width, string asked)
    {
        using var network = new WideResNet(new NetworkShape(width));
        network.save(temporary.At("epoch-001.dat"));

        await AssertToldAsync("--width", ValidSet(), "--weights", temporary.At("epoch-001.dat"), "--width", asked);
    }

    [Fact]
    public async Task Weights_whose_cases_are_not_known_are_told()
    {
        using var network = new WideResNet(new NetworkShape(1));
        network.save(temporary.At("epoch-001.dat"));

        await AssertToldAsync("which cases they were trained on", ValidSet(), "--weights", temporary.At("epoch-001.dat"), "--width", "1");
    }

    [Fact]
    public async Task A_version_that_exists_is_told_before_anything_is_trained()
    {
        Directory.CreateDirectory(Path.Combine(Models, "idc-wrn-16-2", "1.0.0"));

        await AssertToldAsync("never overwritten", ValidSet(), "--out", Models);
    }

    /// <summary>The program once waited for a second process, which went on alone when the first was ended.</summary>
    [Fact]
    public async Task Ending_the_program_ends_the_training()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        using var process = TrainingProgram.Start([ValidSet(), "--out", Models, .. Small, "--epochs", "1000"]);
        try
        {
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            }
            while (line is not null && !line.StartsWith("epoch 1/", StringComparison.Ordinal));

            Assert.NotNull(line);
            Assert.Contains("MALLOC_TOP_PAD_", File.ReadAllText($"/proc/{process.Id}/environ"), StringComparison.Ordinal);
            Assert.Empty(File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children"));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Started through <c>dotnet</c>, the program once started <c>dotnet</c> again without itself.</summary>
    [Fact]
    public async Task It_also_starts_through_dotnet()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IdcFunctions.Training.dll"), "--help"]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("--validation-share", output, StringComparison.Ordinal);
    }

    private static async Task AssertToldAsync(string reason, params string[] arguments)
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync(arguments);

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private string ValidSet() => SyntheticPatches.Write(temporary.At("set"), Cases(4), 3);

    private string[] Lists(string[] training, string[] validation) =>
        ["--train-cases", temporary.WriteLines("training.txt", training), "--validation-cases", temporary.WriteLines("validation.txt", validation)];

    private static string[] Cases(int count) => [.. Enumerable.Range(1, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    private double BalancedAccuracyOnNewCases(string folder)
    {
        using var scorer = PatchScorer.LoadFolder(folder, ScoringPrecision.Fp32, new ScoringOptions { Threads = 1 });
        var data = PatchDataset.Load(SyntheticPatches.Write(temporary.At("held-out"), ["x", "y", "z"], 5, seed: 99), new HashSet<string> { "x", "y", "z" });
        var probabilities = new float[data.Patches.Count];
        scorer.Score(data.Pixels, probabilities, TestContext.Current.CancellationToken);
        return Metrics.Of([.. data.Patches.Select(patch => patch.IsIdc)], probabilities, scorer.Manifest.DecisionThreshold).BalancedAccuracy;
    }
}
