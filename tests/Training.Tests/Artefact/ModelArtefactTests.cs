using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Reporting;
using NetVips;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Artefact;

public sealed class ModelArtefactTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly WideResNet network = DarkIsIdc();

    private ModelTarget Target => new(temporary.At("models"), "m", "1.0.0");

    public void Dispose()
    {
        network.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void A_written_model_is_accepted_by_the_scorer_and_scores_as_evaluated()
    {
        Write(network, Provenance());

        string[] always = ["README.md", "config.json", "evaluation.json", "golden.bin", "intake.json", "model.onnx", "precision-recall.png", "predictions.csv", "reliability.png", "report.html", "roc.png", "score.py", "split.json"];
        Assert.Superset(always.ToHashSet(), Directory.GetFiles(Target.Path).Select(file => Path.GetFileName(file)).ToHashSet());
        Assert.Equal([Target.Path], Directory.GetDirectories(temporary.At("models", "m")));
        var manifest = ModelManifest.Parse(Read("config.json"));
        using var scorer = PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), Read("model.onnx"), Read("golden.bin"), new ScoringOptions { Threads = 1 });
        var validation = Provenance().Validation;
        var probabilities = new float[validation.Patches.Count];
        scorer.Score(validation.Pixels, probabilities, TestContext.Current.CancellationToken);
        Assert.All(validation.Patches.Zip(probabilities), pair => Assert.Equal(pair.First.IsIdc, pair.Second >= manifest.DecisionThreshold));
    }

    [Fact]
    public void A_variant_in_the_manifest_is_a_file_of_its_hash_and_within_its_own_tolerance_on_the_golden_patches()
    {
        Write(network, Provenance());

        var variants = ModelManifest.Parse(Read("config.json")).Onnx.Variants!;
        Assert.Contains(variants, variant => variant is { Precision: "fp16", RunsOn: "cuda" });
        Assert.All(variants, variant => Assert.Equal(variant.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Read(variant.File)))));
        Assert.Equal(variants.Select(variant => variant.File).Order(), Directory.GetFiles(Target.Path, "model-*.onnx").Select(Path.GetFileName).Order());
        Assert.All(variants, variant =>
        {
            // Refused where it is not.
            using var scorer = PatchScorer.LoadFolder(Target.Path, Enum.Parse<ScoringPrecision>(variant.Precision, ignoreCase: true), new ScoringOptions { Threads = 1 });
            Assert.StartsWith("cpu", scorer.Provider, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_scoring_program_finds_the_golden_patches_within_each_graphs_tolerance()
    {
        Assert.SkipUnless(Python("-c", "import onnxruntime").Status == 0, "python3 (or the interpreter that PYTHON names) has no onnxruntime.");
        Write(network, Provenance());
        var program = Path.Combine(Target.Path, "score.py");

        foreach (var file in Directory.GetFiles(Target.Path, "model*.onnx").Select(Path.GetFileName))
        {
            var (status, output) = Python(program, "--file", file!);
            Assert.True(status == 0, output);
            Assert.Contains("within", output, StringComparison.Ordinal);
        }

        Assert.Contains("no file of whole patches", Python(program, "nowhere.bin").Output, StringComparison.Ordinal);

        static (int Status, string Output) Python(params string[] arguments)
        {
            try
            {
                var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "python3", arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
                using var python = Process.Start(start)!;
                var scores = python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                var told = python.StandardError.ReadToEnd();
                python.WaitForExit();
                return (python.ExitCode, told + scores.Result);
            }
            catch (Win32Exception)
            {
                return (127, "");
            }
        }
    }

    [Fact]
    public void The_report_stands_alone_and_holds_the_figures_cases_and_plots()
    {
        Write(network, Provenance());

        var report = File.ReadAllText(Path.Combine(Target.Path, "report.html"));
        Assert.DoesNotContain("http", report, StringComparison.Ordinal);
        Assert.Equal(4, report.Split("<svg").Length - 1);
        foreach (var text in (string[])["PR-AUC", "1.000 (1.000–1.000)", "Confusion matrix", "<tr><td>4</td><td>6</td><td>1.000</td><td>1.000</td><td>1.000</td><td>0.12</td><td>0.12</td></tr>"])
        {
            Assert.Contains(text, report, StringComparison.Ordinal);
        }

        var rows = File.ReadAllLines(Path.Combine(Target.Path, "predictions.csv"));
        Assert.Equal("case,x,y,label,prob_IDC", rows[0]);
        Assert.Equal(7, rows.Length);
    }

    /// <summary>A case with a comma once made six fields of five, and one with an equals sign a formula.</summary>
    [Theory]
    [InlineData("a,\"b\"", "\"a,\"\"b\"\"\",")]
    [InlineData("=1+2", "\"'=1+2\",")]
    [InlineData("a.b-2", "a.b-2,")]
    public void A_case_is_one_field_of_the_predictions_whatever_its_name(string id, string field)
    {
        SyntheticPatches.Write(temporary.At("set"), ["1", id], 3);

        Write(network, Provenance(["1"], [id]));

        Assert.All(File.ReadAllLines(Path.Combine(Target.Path, "predictions.csv")).Skip(1), row => Assert.Matches($"^{Regex.Escape(field)}[0-9]+,[0-9]+,[01],[0-9.e-]+$", row));
    }

    [Theory]
    [InlineData("roc.png")]
    [InlineData("precision-recall.png")]
    [InlineData("reliability.png")]
    public void A_plot_is_a_png_beside_its_data_that_report_and_results_name(string file)
    {
        Assert.SkipUnless(SvgPlot.HasFont, "No font is installed.");
        Write(network, Provenance());

        using var plot = Image.NewFromBuffer(Read(file));
        Assert.Equal((780, 780, 3), (plot.Width, plot.Height, plot.Bands));
        Assert.Equal([255, 255, 255], plot.Getpoint(0, 0));

        // Above the frame stands the title alone; in or on it the curve, in blue.
        using var above = plot.Crop(0, 0, 780, 60);
        using var within = plot.Crop(80, 80, 620, 620);
        Assert.InRange(above.Min(), 0, 100);
        Assert.True((within[2] - within[0]).Max() > 100, "There is no curve.");
        Assert.Contains($"<code>{file}</code>", File.ReadAllText(Path.Combine(Target.Path, "report.html")), StringComparison.Ordinal);
        Assert.Contains(file, ModelArtefact.ResultFiles);
    }

    [Fact]
    public void Near_duplicates_on_both_sides_are_counted_in_log_report_card_and_manifest()
    {
        var (clean, other) = (Provenance(), new LabelledPatch("3", 1, 1, false));
        var pair = new NearDuplicate(other, new LabelledPatch("4", 1, 1, false), 0);
        var oneSide = pair with { Second = new LabelledPatch("2", 1, 1, false) };
        using var log = new StringWriter();

        Write(network, clean with { Intake = clean.Intake with { NearDuplicates = [pair, oneSide, pair with { First = pair.Second, Second = other }] } }, log);

        var (card, report) = (File.ReadAllText(Path.Combine(Target.Path, "README.md")), File.ReadAllText(Path.Combine(Target.Path, "report.html")));
        Assert.Contains("near-duplicates across the two sides of the split: at least 2 pairs", log.ToString(), StringComparison.Ordinal);
        Assert.Contains("at least 2 pairs of near-duplicates are", card, StringComparison.Ordinal);
        Assert.Contains("At least 2 pairs of near-duplicates", report, StringComparison.Ordinal);
        Assert.Equal(2, (int?)ModelManifest.Parse(Read("config.json")).Training!["near_duplicates_across"]);
        Assert.DoesNotContain("none found", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_without_near_duplicates_across_it_is_said_to_have_none_found()
    {
        var clean = Provenance();
        var pair = new NearDuplicate(new LabelledPatch("1", 1, 1, false), new LabelledPatch("2", 1, 1, false), 0);

        Write(network, clean with { Intake = clean.Intake with { NearDuplicates = [pair] } });

        Assert.Contains("No case is on both sides, and no near-duplicates across them were found;", File.ReadAllText(Path.Combine(Target.Path, "README.md")), StringComparison.Ordinal);
        Assert.Contains("Near-duplicates across the two sides of the split: none found", File.ReadAllText(Path.Combine(Target.Path, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Card_and_report_say_all_that_was_chosen_on_the_validation_cases()
    {
        var provenance = Provenance() with
        {
            Options = TrainedNetwork.Options() with { Patience = 2 },
            Trials = [.. Enumerable.Range(1, 5).Select(number => new Trial(number, TrainedNetwork.Options(), null, null, 0))],
            Initial = new WeightsFile("epoch-006.dat", "ab12"),
            Distillation = new Distillation([new TeacherModel("t", "1.0.0", new string('0', 64))], 0.7),
        };
        Write(network, provenance);

        const string Before = "What went before may have been chosen on the same cases too: the epoch and the attempt of the weights that it began with; its teachers, their calibration and their thresholds.";
        var (card, report) = (File.ReadAllText(Path.Combine(Target.Path, "README.md")), File.ReadAllText(Path.Combine(Target.Path, "report.html")));
        Assert.Contains("Calibration, threshold, the epoch and the best of 5 trials of hyperparameters were chosen on", card, StringComparison.Ordinal);
        Assert.Contains(Before, card, StringComparison.Ordinal);
        Assert.Contains("calibration, threshold, the epoch and the best of 5 trials of hyperparameters were chosen on them", report, StringComparison.Ordinal);
        Assert.Contains(Before, report, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_is_a_WSInfer_configuration_and_names_the_split_by_the_hash_in_its_file()
    {
        Write(network, Provenance());

        var split = CaseSplit.FromJsonFile(Path.Combine(Target.Path, "split.json"));
        var training = ModelManifest.Parse(Read("config.json")).Training!;
        Assert.Equal(split.Sha256, (string?)training["split_sha256"]);
        Assert.Equal(1, (int?)training["options"]!["width"]);
        WSInferConfigurationTests.AssertValid(File.ReadAllText(Path.Combine(Target.Path, "config.json")));
        Assert.Equal(1, (double?)training["validation_at_threshold"]!["point"]!["auc"]);
    }

    [Fact]
    public void The_manifest_holds_the_training_cases_stain_where_they_are_enough_to_tell_it()
    {
        var cases = Enumerable.Range(5, 12).Select(id => $"{id}").ToHashSet();
        var set = SyntheticPatches.Write(temporary.At("many"), cases, 1);
        var provenance = Provenance();

        Write(network, provenance);
        Assert.Null(ModelManifest.Parse(Read("config.json")).Stain);
        Directory.Delete(Target.Path, recursive: true);
        Write(network, provenance with { Training = PatchDataset.Load(set, cases) });

        var stain = ModelManifest.Parse(Read("config.json")).Stain!;
        Assert.Equal(12, stain.Cases);
        Assert.InRange(stain.Limit, 1, 20);
    }

    [Fact]
    public void A_version_that_exists_is_not_overwritten()
    {
        Write(network, Provenance());
        var before = Read("config.json");

        var error = Assert.Throws<IOException>(() => Write(network, Provenance() with { Notes = "other" }));

        Assert.Contains("--model-version", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Read("config.json"));
    }

    [Theory]
    [InlineData("..", "1.0.0")]
    [InlineData("a/b", "1.0.0")]
    [InlineData("m", "")]
    [InlineData("m", "1 0")]
    public void A_name_that_is_no_folders_name_is_refused(string name, string version) =>
        Assert.Single(new ModelTarget(temporary.Path, name, version).Faults());

    [Fact]
    public void A_network_that_has_learnt_nothing_is_not_written()
    {
        using var wrong = DarkIsIdc(sign: -1);

        Assert.Throws<NothingLearntException>(() => Write(wrong, Provenance()));
        Assert.False(Directory.Exists(Target.Path));
    }

    [Fact]
    public void The_card_says_only_what_this_training_was()
    {
        Write(network, Provenance());

        var card = File.ReadAllText(Path.Combine(Target.Path, "README.md"));
        Assert.Contains("Trained on 3 cases, 3 with patches of IDC (18 patches, 9 IDC).", card, StringComparison.Ordinal);
        Assert.Contains("1 case, 1 with patches of IDC (6 patches, 3 IDC)", card, StringComparison.Ordinal);
        Assert.Contains("| AUC | 1.000 | 1.000–1.000 | 1.000 | 1.000–1.000 | 1.000 |", card, StringComparison.Ordinal);
        Assert.Contains("Research use only", card, StringComparison.Ordinal);
        Assert.DoesNotContain("Janowczyk", card, StringComparison.Ordinal);
        Assert.DoesNotContain("PyTorch", card, StringComparison.Ordinal);
        Assert.DoesNotContain("Notes", card, StringComparison.Ordinal);
        Assert.Contains("Calibration and threshold were chosen on", card, StringComparison.Ordinal);
        Assert.DoesNotContain("went before", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "5 of 12 epochs")]
    [InlineData(12, " 12 epochs")]
    [InlineData(0, " 12 epochs")]
    public void The_card_says_how_many_epochs_were_trained(int trained, string said)
    {
        Write(network, Provenance() with
        {
            Options = TrainedNetwork.Options(epochs: 12) with { Patience = 2 },
            Epochs = [.. Enumerable.Range(1, trained).Select(epoch => new EpochResult(epoch, 0.5, TrainedNetwork.NoFigures))],
        });

        Assert.Contains(said, File.ReadAllText(Path.Combine(Target.Path, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_card_ends_with_the_users_notes_and_names_loaded_weights()
    {
        Write(network, Provenance() with { Notes = "Licence: CC0.\n", Weights = new WeightsFile("epoch-009.dat", "ab12") });

        var card = File.ReadAllText(Path.Combine(Target.Path, "README.md"));
        Assert.EndsWith("## Notes\n\nLicence: CC0.\n", card, StringComparison.Ordinal);
        Assert.Contains("`epoch-009.dat` (SHA-256 ab12)", card, StringComparison.Ordinal);
        using var config = JsonDocument.Parse(Read("config.json"));
        Assert.Equal("ab12", config.RootElement.GetProperty("training").GetProperty("weights").GetProperty("sha256").GetString());
    }

    private void Write(WideResNet network, Provenance provenance, TextWriter? log = null) =>
        new ModelArtefact(Target, provenance).Write(network, ModelEvaluation.Of(provenance.Validation.Patches, Prediction.Logits(network, provenance.Validation.Pixels)), log ?? TextWriter.Null);

    private byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Target.Path, file));

    private Provenance Provenance()
    {
        if (!Directory.Exists(temporary.At("set")))
        {
            SyntheticPatches.Write(temporary.At("set"), ["1", "2", "3", "4"], 3);
        }

        return Provenance(["1", "2", "3"], ["4"]);
    }

    private Provenance Provenance(string[] training, string[] validation)
    {
        var split = new CaseSplit(training.ToHashSet(), validation.ToHashSet());
        using var pack = new PatchIntake(temporary.At("packs")).Open(temporary.At("set"));
        return new Provenance(TrainedNetwork.Options(), pack.Report, split, pack.Select(split.Training), pack.Select(split.Validation), [], null, null, null, "");
    }

    /// <summary>A network made by hand: the mean of the picture goes straight through, and the last layer turns dark into IDC.</summary>
    private static WideResNet DarkIsIdc(int sign = 1)
    {
        using var noGradients = torch.no_grad();
        var network = new WideResNet(new NetworkShape(1));
        network.eval();
        var state = network.state_dict();
        foreach (var name in state.Keys.Where(name => name.EndsWith("conv2.weight", StringComparison.Ordinal)))
        {
            state[name].zero_();
        }

        // Without residuals only the stem, shortcuts and dense layers speak; positive weights keep brighter brighter.
        foreach (var name in state.Keys.Where(name => name is "stem.weight" or "dense.weight" or "last.weight" || name.EndsWith("shortcut.weight", StringComparison.Ordinal)))
        {
            state[name].abs_();
        }

        state["last.weight"].mul_(-sign);
        return network;
    }
}
