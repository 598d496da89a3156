using System.Globalization;
using System.Security.Cryptography;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Training.Artefact;

/// <summary>Makes a network's fp16 and int8 variants and keeps those that lose next to nothing on the validation cases.</summary>
/// <param name="provenance">What the network was made from.</param>
/// <param name="evaluation">What it reaches.</param>
/// <param name="probabilities">Its probabilities of the validation patches.</param>
public sealed class VariantMaker(Provenance provenance, ModelEvaluation evaluation, float[] probabilities)
{
    private const double MostLoss = 0.005;
    private const int CalibrationPatches = 512;

    /// <summary>Makes them and says which are left out, and why.</summary>
    /// <param name="network">The network.</param>
    /// <param name="golden">The golden patches, which who scores with a variant compares first: its tolerance covers them too.</param>
    /// <param name="goldenProbabilities">The float32 graph's probabilities of them.</param>
    /// <param name="log">Gets a line for each variant.</param>
    public IReadOnlyList<(OnnxVariant Variant, byte[] Content)> Make(WideResNet network, byte[] golden, IReadOnlyList<float> goldenProbabilities, TextWriter log)
    {
        (string Precision, string RunsOn, byte[] Content)[] made =
        [
            ("fp16", "cuda", OnnxExporter.ExportHalf(network, evaluation.Calibration)),
            ("int8", "cpu", QuantizedExporter.Export(network, evaluation.Calibration, Sample(provenance.Training))),
        ];
        var kept = new List<(OnnxVariant, byte[])>();
        foreach (var (precision, runsOn, content) in made)
        {
            var own = Score(content, provenance.Validation.Pixels);
            var difference = PairedBootstrap.LargestDifference(own, probabilities);
            var tolerance = Math.Max(difference, PairedBootstrap.LargestDifference(Score(content, golden), goldenProbabilities));
            var loss = PairedBootstrap.UpperLossOfBalancedAccuracy(provenance.Validation.Patches, probabilities, own, evaluation.Threshold);
            var isKept = loss <= MostLoss && float.IsFinite(tolerance);
            log.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{precision}: probabilities differ by {difference:0.0000} at most, balanced accuracy is lost by {loss:0.0000} at most (95 %): "
                + $"{(isKept ? "kept" : float.IsFinite(tolerance) ? $"left out, more than {MostLoss}" : "left out, for what is no probability")}"));
            if (isKept)
            {
                kept.Add((new OnnxVariant(precision, $"model-{precision}.onnx", Convert.ToHexStringLower(SHA256.HashData(content)), runsOn, Math.Ceiling(tolerance * 100) / 100, loss), content));
            }
        }

        return kept;
    }

    /// <summary>Training patches at equal distances.</summary>
    private static byte[] Sample(PatchDataset training)
    {
        var stride = Math.Max(1, training.Patches.Count / CalibrationPatches);
        return [.. Enumerable.Range(0, training.Patches.Count).Where(i => i % stride == 0).SelectMany(i => training.Pixels[(i * PatchDataset.PatchBytes)..((i + 1) * PatchDataset.PatchBytes)])];
    }

    /// <summary>A graph's probabilities of patches.</summary>
    internal static float[] Score(byte[] onnx, byte[] pixels)
    {
        using var session = new InferenceSession(onnx);
        using var run = new RunOptions();
        return [.. pixels.Chunk(64 * PatchDataset.PatchBytes).SelectMany(chunk =>
        {
            using var input = OrtValue.CreateTensorValueFromMemory(chunk, [chunk.Length / PatchDataset.PatchBytes, PatchDataset.Side, PatchDataset.Side, 3]);
            using var outputs = session.Run(run, [OnnxExporter.Input], [input], [OnnxExporter.Output]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        })];
    }
}
