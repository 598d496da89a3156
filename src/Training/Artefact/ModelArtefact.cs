using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Onnx;
using IdcFunctions.Training.Reporting;

namespace IdcFunctions.Training.Artefact;

/// <summary>Writes a trained network as a model: graph, manifest, golden patches, card.</summary>
public sealed class ModelArtefact(ModelTarget target, Provenance provenance)
{
    /// <summary>The file that holds the split's case ids and hash.</summary>
    public const string SplitFile = TrainingResults.Split;

    /// <summary>The files that tell what a training came to.</summary>
    public static IEnumerable<string> ResultFiles => TrainingResults.MediaTypes.Keys;

    /// <summary>The file of the network's weights, before calibration: what a further training begins with, on other cases too.</summary>
    public const string WeightsFile = "weights.dat";

    private const string OnnxFile = "model.onnx";
    private const string GoldenFile = "golden.bin";
    private const double GoldenTolerance = 1e-3;

    /// <summary>The file that holds all that was measured.</summary>
    public const string EvaluationFile = TrainingResults.Evaluation;

    /// <summary>How <see cref="EvaluationFile"/> is written.</summary>
    public static JsonSerializerOptions EvaluationJson { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Exports and checks the network, then writes the folder.</summary>
    /// <exception cref="TrainingException">Its graph answers otherwise than it.</exception>
    /// <exception cref="IOException">The version exists.</exception>
    public void Write(WideResNet network, ModelEvaluation evaluation, TextWriter log)
    {
        var (options, split, validation) = (provenance.Options, provenance.Split, provenance.Validation);
        var probabilities = Prediction.Logits(network, validation.Pixels).Select(evaluation.Calibration.Apply).ToArray();
        var onnx = OnnxExporter.Export(network, evaluation.Calibration);
        var golden = GoldenPatchMaker.Make();
        var goldenPatches = new GoldenPatches(GoldenFile, Hash(golden), [.. VariantMaker.Score(onnx, golden)], GoldenTolerance);
        var variants = new VariantMaker(provenance, evaluation, probabilities).Make(network, golden, goldenPatches.Probabilities, log);
        var manifest = Manifest(onnx, variants.Select(made => made.Variant), goldenPatches, evaluation);
        using (var scorer = PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), onnx, golden, new ScoringOptions { Threads = options.Threads }))
        {
            ThrowIfDifferent(scorer, probabilities);
        }

        var files = variants.ToDictionary(made => made.Variant.File, made => made.Content);
        foreach (var (file, isIdc) in new[] { (TrainingResults.WorstFalsePositives, false), (TrainingResults.WorstFalseNegatives, true) })
        {
            if (WorstErrors.Of(validation, probabilities, evaluation.Threshold, isIdc) is { Count: > 0 } worst)
            {
                files[file] = ContactSheet.Png(validation, worst);
            }
        }

        foreach (var (file, plot) in EvaluationPlots.Of(evaluation))
        {
            files[file] = plot.ToPng();
        }

        if (!SvgPlot.HasFont)
        {
            log.WriteLine(
                $"no font is installed: the plots as PNG have boxes for letters, those in {TrainingResults.Report} are whole. "
                + "Install one, such as DejaVu, for the next time.");
        }

        if (provenance.Trials.Count > 0)
        {
            files[RandomSearch.FileName] = JsonSerializer.SerializeToUtf8Bytes(provenance.Trials, TrialFile.Json);
        }

        target.Write(new Dictionary<string, byte[]>(files)
        {
            [OnnxFile] = onnx,
            [WeightsFile] = Checkpoint.BytesOf(stream => network.save(stream)),
            ["score.py"] = ScoringProgram(),
            [GoldenFile] = golden,
            [SplitFile] = Encoding.UTF8.GetBytes(split.ToJson()),
            [EvaluationFile] = JsonSerializer.SerializeToUtf8Bytes(evaluation, EvaluationJson),
            [TrainingResults.Predictions] = Encoding.UTF8.GetBytes(Predictions(validation.Patches, probabilities)),
            [TrainingResults.Intake] = JsonSerializer.SerializeToUtf8Bytes(provenance.Intake, SnakeCase),
            [TrainingResults.Report] = Encoding.UTF8.GetBytes(ReportHtml.Write(target, provenance, evaluation, probabilities)),
            ["config.json"] = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(manifest, ModelManifestJson.Default.ModelManifest) + "\n"),
            ["README.md"] = Encoding.UTF8.GetBytes(ModelCard.Write(target, provenance, evaluation)),
        });
        if (provenance.NearDuplicatesAcross is > 0 and var across)
        {
            log.WriteLine(
                $"near-duplicates across the two sides of the split: at least {across} pairs, so the figures may be too good; "
                + $"they stand in {TrainingResults.Intake}");
        }

        var point = evaluation.AtThreshold.Point;
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"wrote {target.Path}: balanced accuracy {point.BalancedAccuracy:0.000} at {evaluation.Threshold:0.00}, "
            + $"AUC {point.Auc:0.000}, ECE {point.Ece:0.000} on {split.Validation.Count} validation cases"));
    }

    private ModelManifest Manifest(byte[] onnx, IEnumerable<OnnxVariant> variants, GoldenPatches golden, ModelEvaluation evaluation) => new()
    {
        SpecVersion = "1.0",
        Architecture = provenance.Options.Shape().Architecture,
        NumClasses = 1,
        PatchSizePixels = PatchDataset.Side,
        SpacingUmPx = 4,
        ClassNames = ["IDC"],
        Transform = [new JsonObject { ["name"] = "ToTensor" }],
        ModelName = target.Name,
        ModelVersion = target.Version,
        Onnx = new OnnxGraph(OnnxFile, Hash(onnx), OnnxExporter.Input, "uint8 NHWC", OnnxExporter.Output) { Variants = [.. variants] },
        DecisionThreshold = evaluation.Threshold,
        Resampling = "box",
        Golden = golden,
        Calibration = new JsonObject { ["temperature"] = evaluation.Calibration.Temperature, ["bias"] = evaluation.Calibration.Bias },
        Stain = TrainingStain.Of(provenance.Training),
        Training = new JsonObject
        {
            ["options"] = JsonSerializer.SerializeToNode(provenance.Options, SnakeCase),
            ["initial_weights"] = JsonSerializer.SerializeToNode(provenance.Initial, SnakeCase),
            ["distillation"] = JsonSerializer.SerializeToNode(provenance.Distillation, SnakeCase),
            ["weights"] = JsonSerializer.SerializeToNode(provenance.Weights, SnakeCase),
            ["training_cases"] = provenance.Split.Training.Count,
            ["training_patches"] = provenance.Training.Patches.Count,
            ["validation_cases"] = provenance.Split.Validation.Count,
            ["validation_patches"] = provenance.Validation.Patches.Count,
            ["split_leaks"] = provenance.Split.Leak is not null,
            ["near_duplicates_across"] = provenance.NearDuplicatesAcross,
            ["split_only_stated"] = provenance.Split.IsOnlyStated,
            ["split_sha256"] = provenance.Split.Sha256,
            ["validation_at_threshold"] = JsonSerializer.SerializeToNode(evaluation.AtThreshold, SnakeCase),
            ["validation_at_half"] = JsonSerializer.SerializeToNode(evaluation.AtHalf, SnakeCase),
            ["validation_uncalibrated"] = JsonSerializer.SerializeToNode(evaluation.Uncalibrated, SnakeCase),
        },
    };

    /// <summary>The exported graph must say what the network says, to 1e-4.</summary>
    private void ThrowIfDifferent(PatchScorer scorer, float[] expected)
    {
        var actual = new float[expected.Length];
        scorer.Score(provenance.Validation.Pixels, actual, CancellationToken.None);
        var worst = PairedBootstrap.LargestDifference(actual, expected);
        if (!(worst <= 1e-4))
        {
            throw new TrainingException(
                $"The exported graph's probabilities differ from the network's by {worst}; it is not written. "
                + "Report this as a fault of the exporter.");
        }
    }

    private static string Predictions(IReadOnlyList<LabelledPatch> patches, IReadOnlyList<float> probabilities)
    {
        var rows = patches.Zip(probabilities, (patch, probability) => string.Create(
            CultureInfo.InvariantCulture,
            $"{CsvText.Field(patch.Case)},{patch.X},{patch.Y},{(patch.IsIdc ? 1 : 0)},{probability:0.######}"));
        return string.Join('\n', rows.Prepend("case,x,y,label,prob_IDC")) + "\n";
    }

    /// <summary>The short program of the bundle, which needs only ONNX Runtime.</summary>
    private static byte[] ScoringProgram()
    {
        using var stream = typeof(ModelArtefact).Assembly.GetManifestResourceStream("score.py")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
