using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Training.Artefact;

/// <summary>Writes a trained network as a model: graph, manifest, golden patches, card.</summary>
public sealed class ModelArtefact(ModelTarget target, Provenance provenance)
{
    /// <summary>The file that holds the split's case ids and hash.</summary>
    public const string SplitFile = "split.json";

    private const string OnnxFile = "model.onnx";
    private const string GoldenFile = "golden.bin";
    private const double GoldenTolerance = 1e-3;

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Calibrates and evaluates on the validation cases, then writes the folder.</summary>
    /// <exception cref="TrainingException">The network has learnt nothing, or its graph answers otherwise than it.</exception>
    /// <exception cref="IOException">The version exists.</exception>
    public void Write(WideResNet network, TextWriter log)
    {
        var (options, split, validation) = (provenance.Options, provenance.Split, provenance.Validation);
        var labels = validation.Patches.Select(patch => patch.IsIdc).ToArray();
        var logits = Prediction.Logits(network, validation.Pixels);
        var calibration = Calibration.Fit(logits, labels);
        var probabilities = logits.Select(calibration.Apply).ToArray();
        var threshold = DecisionThreshold.Choose(labels, probabilities);
        var atThreshold = CaseEvaluation.Of(validation.Patches, probabilities, threshold);
        var atHalf = CaseEvaluation.Of(validation.Patches, probabilities, 0.5);

        var onnx = OnnxExporter.Export(network, calibration);
        var golden = GoldenPatchMaker.Make();
        var manifest = Manifest(onnx, golden, calibration, threshold, atThreshold, atHalf);
        using (var scorer = PatchScorer.Load(manifest, onnx, golden, new ScoringOptions { Threads = options.Threads }))
        {
            ThrowIfDifferent(scorer, probabilities);
        }

        target.Write(new Dictionary<string, byte[]>
        {
            [OnnxFile] = onnx,
            [GoldenFile] = golden,
            [SplitFile] = Encoding.UTF8.GetBytes(split.ToJson()),
            ["config.json"] = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(manifest, ModelManifestJson.Default.ModelManifest) + "\n"),
            ["README.md"] = Encoding.UTF8.GetBytes(ModelCard.Write(target, provenance, calibration, threshold, atThreshold, atHalf)),
        });
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {target.Path}: balanced accuracy {atThreshold.Point.BalancedAccuracy:0.000} at {threshold:0.00}, AUC {atThreshold.Point.Auc:0.000}, ECE {atThreshold.Point.Ece:0.000} on {split.Validation.Count} validation cases"));
    }

    private ModelManifest Manifest(byte[] onnx, byte[] golden, Calibration calibration, double threshold, CaseEvaluation atThreshold, CaseEvaluation atHalf) => new()
    {
        SpecVersion = "1.0",
        Architecture = $"wide_resnet16_{provenance.Options.Width}",
        NumClasses = 1,
        PatchSizePixels = PatchDataset.Side,
        SpacingUmPx = 4,
        ClassNames = ["IDC"],
        Transform = [new JsonObject { ["name"] = "ToTensor" }],
        ModelName = target.Name,
        ModelVersion = target.Version,
        Onnx = new OnnxGraph(OnnxFile, Hash(onnx), OnnxExporter.Input, "uint8 NHWC", OnnxExporter.Output),
        DecisionThreshold = threshold,
        Resampling = "box",
        Golden = new GoldenPatches(GoldenFile, Hash(golden), Probabilities(onnx, golden), GoldenTolerance),
        Calibration = new JsonObject { ["temperature"] = calibration.Temperature, ["bias"] = calibration.Bias },
        Stain = TrainingStain.Of(provenance.Training),
        Training = new JsonObject
        {
            ["options"] = JsonSerializer.SerializeToNode(provenance.Options, SnakeCase),
            ["weights"] = JsonSerializer.SerializeToNode(provenance.Weights, SnakeCase),
            ["training_cases"] = provenance.Split.Training.Count,
            ["training_patches"] = provenance.Training.Patches.Count,
            ["validation_cases"] = provenance.Split.Validation.Count,
            ["validation_patches"] = provenance.Validation.Patches.Count,
            ["split_sha256"] = provenance.Split.Sha256,
            ["validation_at_threshold"] = JsonSerializer.SerializeToNode(atThreshold, SnakeCase),
            ["validation_at_half"] = JsonSerializer.SerializeToNode(atHalf, SnakeCase),
        },
    };

    /// <summary>The exported graph must say what the network says, to 1e-4.</summary>
    private void ThrowIfDifferent(PatchScorer scorer, float[] expected)
    {
        var actual = new float[expected.Length];
        scorer.Score(provenance.Validation.Pixels, actual, CancellationToken.None);
        var worst = actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        if (!(worst <= 1e-4))
        {
            throw new TrainingException($"The exported graph's probabilities differ from the network's by {worst}; it is not written. Report this as a fault of the exporter.");
        }
    }

    private static ImmutableArray<float> Probabilities(byte[] onnx, byte[] golden)
    {
        using var session = new InferenceSession(onnx);
        using var input = OrtValue.CreateTensorValueFromMemory(golden, [golden.Length / PatchDataset.PatchBytes, PatchDataset.Side, PatchDataset.Side, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [OnnxExporter.Input], [input], [OnnxExporter.Output]);
        return [.. outputs[0].GetTensorDataAsSpan<float>()];
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
