using System.Diagnostics;
using System.Globalization;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Training.Data;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Bench.Gpu;

/// <summary>A model's graphs under each setting of ONNX Runtime's CUDA provider that matters here: what <see cref="OnnxSessions"/> takes was chosen by it.</summary>
internal sealed class ProviderSweep
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.25);

    private readonly string model;
    private readonly ModelManifest manifest;
    private readonly byte[] pixels;
    private readonly float[] expected;

    /// <summary>Takes float32 on the processor as what the graphs are to answer.</summary>
    /// <param name="model">Folder of a model's version.</param>
    /// <param name="pixels">Patches, uint8 NHWC; 1,024 or more.</param>
    public ProviderSweep(string model, byte[] pixels)
    {
        (this.model, this.pixels) = (model, pixels);
        using var processor = PatchScorer.LoadFolder(model, ScoringPrecision.Fp32, new ScoringOptions());
        manifest = processor.Manifest;
        expected = new float[pixels.Length / PatchDataset.PatchBytes];
        processor.Score(pixels, expected, CancellationToken.None);
    }

    /// <summary>Prints a row for each setting, with a call's patches always as many.</summary>
    public void Print()
    {
        Console.WriteLine("| graph | TF32 | layout | search | patches a call | patches/s | differs by at most | first call s |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var (precision, tensorFloat) in new[] { (ScoringPrecision.Fp32, "0"), (ScoringPrecision.Fp32, "1"), (ScoringPrecision.Fp16, "0") })
        {
            foreach (var layout in new[] { "NCHW", "NHWC" })
            {
                foreach (var (search, count) in new[] { ("HEURISTIC", 64), ("HEURISTIC", 256), ("HEURISTIC", 1024), ("EXHAUSTIVE", 256), ("EXHAUSTIVE", 1024) })
                {
                    Print(precision, tensorFloat, layout, search, count);
                }
            }
        }
    }

    private void Print(ScoringPrecision precision, string tensorFloat, string layout, string search, int count)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string> { ["use_tf32"] = tensorFloat, ["prefer_nhwc"] = layout == "NHWC" ? "1" : "0", ["cudnn_conv_algo_search"] = search });
        settings.AppendExecutionProvider_CUDA(cuda);
        using var session = new InferenceSession(Path.Combine(model, manifest.GraphOf(precision).File), settings);
        using var run = new RunOptions();
        var answers = new float[count];
        var (most, side) = (0f, PatchDataset.Side);
        var first = Stopwatch.StartNew();
        Score(0);
        first.Stop();
        for (var start = 0; start + count <= expected.Length; start += count)
        {
            Score(start);
            most = Math.Max(most, Enumerable.Range(0, count).Max(i => Math.Abs(answers[i] - expected[start + i])));
        }

        var (clock, scored) = (Stopwatch.StartNew(), 0L);
        while (clock.Elapsed < Least)
        {
            Score((int)(scored % (expected.Length - count + 1)));
            scored += count;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {precision} | {tensorFloat} | {layout} | {search} | {count} | {scored / clock.Elapsed.TotalSeconds:0} | {most:0.0000000} | {first.Elapsed.TotalSeconds:0.00} |"));

        void Score(int start)
        {
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels.AsMemory(start * PatchDataset.PatchBytes, count * PatchDataset.PatchBytes), [count, side, side, 3]);
            using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, answers.AsMemory(), [count, 1]);
            session.Run(run, [manifest.Onnx.Input], [input], [manifest.Onnx.Output], [output]);
        }
    }
}
