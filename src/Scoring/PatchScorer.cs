using System.Globalization;
using System.Security.Cryptography;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IdcFunctions.Scoring;

/// <summary>An ONNX session on a checked model. <see cref="Score"/> may be called from several threads at once.</summary>
public sealed class PatchScorer : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly int patchBytes;
    private BoundCalls? bound;

    private PatchScorer(ModelManifest manifest, ScoringGraph graph, OpenedSession opened, ScoringOptions options)
    {
        Manifest = manifest;
        Graph = graph;
        session = opened.Session;
        Threads = options.ThreadsOn(opened.Provider);
        ChunkSize = options.ChunkSizeOn(opened.Provider);
        patchBytes = manifest.PatchSizePixels * manifest.PatchSizePixels * 3;
        FallbackReason = opened.FallbackReason;
        var used = opened.Provider.ToString().ToLowerInvariant();
        var provider = FallbackReason is null ? used : $"{used} instead of {options.Provider.ToString().ToLowerInvariant()}";
        Provider = graph.Precision == ScoringPrecision.Fp32 ? provider : $"{provider} {graph.Precision.ToString().ToLowerInvariant()}";
    }

    /// <summary>The model's manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>The graph that is run.</summary>
    public ScoringGraph Graph { get; }

    /// <summary>
    /// The provider that is used: <c>cpu</c>, <c>cuda</c>, or <c>cpu instead of cuda</c>, so that no result hides it, then
    /// the precision where it is not float32: <c>cpu int8</c>.
    /// </summary>
    public string Provider { get; }

    /// <summary>Why the CPU is used although a GPU was asked for; null where that is not so.</summary>
    public string? FallbackReason { get; }

    /// <summary>Threads that a call of the graph has.</summary>
    public int Threads { get; }

    /// <summary>Patches in one call of the graph.</summary>
    public int ChunkSize { get; }

    private string WayOut => Graph.Precision == ScoringPrecision.Fp32
        ? "Use another Scoring:Provider or other Scoring:Threads, or export the model again."
        : "Set Scoring:Precision to Fp32, or use another Scoring:Provider or other Scoring:Threads, or export the model again; "
            + "then rescore: a run keeps the precision that it was decided for.";

    /// <summary>Loads a model and checks its hash, its tensors and its golden patches.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="graph">Which of the manifest's graphs.</param>
    /// <param name="onnx">The graph's file.</param>
    /// <param name="golden">The golden patches' file.</param>
    /// <param name="options">How to score.</param>
    /// <exception cref="ModelRefusedException">A check failed.</exception>
    /// <exception cref="GpuRequiredException">The GPU that is required is not there.</exception>
    public static PatchScorer Load(ModelManifest manifest, ScoringGraph graph, byte[] onnx, byte[] golden, ScoringOptions options)
    {
        CheckHash(manifest, graph.File, graph.Sha256, onnx);
        CheckHash(manifest, manifest.Golden.File, manifest.Golden.Sha256, golden);
        var opened = OnnxSessions.Open(manifest, graph, onnx, options);
        var scorer = new PatchScorer(manifest, graph, opened, options);
        try
        {
            scorer.CheckTensors();
            scorer.Bind(opened.Provider == ExecutionProvider.Cuda ? BoundCalls.PageLocked() : null);
            scorer.CheckGoldenPatches(golden);
            return scorer;
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model's version from its folder, with the same checks.</summary>
    /// <param name="folder">The folder of <c>config.json</c>.</param>
    /// <param name="precision">Which of its graphs.</param>
    /// <param name="options">How to score.</param>
    /// <exception cref="IOException">A file is not there.</exception>
    /// <exception cref="ModelRefusedException">A check failed, or the model has no such graph.</exception>
    /// <exception cref="GpuRequiredException">The GPU that is required is not there.</exception>
    public static PatchScorer LoadFolder(string folder, ScoringPrecision precision, ScoringOptions options)
    {
        var manifest = ModelManifest.Parse(Read(BlobNames.ModelManifest));
        var graph = manifest.GraphOf(precision);
        return Load(manifest, graph, Read(graph.File), Read(manifest.Golden.File), options);

        byte[] Read(string file) => File.ReadAllBytes(Path.Combine(folder, file));
    }

    /// <summary>Scores patches.</summary>
    /// <param name="pixels">RGB uint8, NHWC [count, 50, 50, 3] at the manifest's spacing.</param>
    /// <param name="probabilities">Gets P(IDC) of each patch, in [0, 1], in input order.</param>
    /// <param name="cancellationToken">Looked at between chunks.</param>
    /// <exception cref="ArgumentException">The two lengths do not fit together.</exception>
    public void Score(ReadOnlyMemory<byte> pixels, Memory<float> probabilities, CancellationToken cancellationToken)
    {
        if (pixels.Length != (long)probabilities.Length * patchBytes)
        {
            throw new ArgumentException($"{pixels.Length} bytes are not {probabilities.Length} patches of {patchBytes} bytes.", nameof(pixels));
        }

        for (var start = 0; start < probabilities.Length; start += ChunkSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(ChunkSize, probabilities.Length - start);
            ScoreChunk(pixels.Slice(start * patchBytes, count * patchBytes), probabilities.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bound?.Dispose();
        session.Dispose();
        runOptions.Dispose();
    }

    private static void CheckHash(ModelManifest manifest, string file, string expected, byte[] content)
    {
        var actual = Convert.ToHexStringLower(SHA256.HashData(content));
        if (actual != expected)
        {
            throw new ModelRefusedException(
                $"{manifest.ModelName} {manifest.ModelVersion}: {file} has the SHA-256 {actual}, its manifest says {expected}. "
                + "Publish the model again as a new version.");
        }
    }

    /// <summary>Lets all further calls go through memory of a kind; null for the caller's own.</summary>
    internal void Bind(OrtMemoryInfo? memory) =>
        bound = memory is null ? null : new BoundCalls(session, Manifest.Onnx.Input, Manifest.Onnx.Output, Shape(ChunkSize), memory);

    private void ScoreChunk(ReadOnlyMemory<byte> pixels, Memory<float> probabilities)
    {
        if (bound is not null)
        {
            bound.Score(pixels.Span, probabilities.Span);
            return;
        }

        // The graph reads the caller's memory and writes into the caller's memory: nothing is copied here.
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, System.Runtime.InteropServices.MemoryMarshal.AsMemory(pixels), Shape(probabilities.Length));
        using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, probabilities, [probabilities.Length, 1]);
        session.Run(runOptions, [Manifest.Onnx.Input], [input], [Manifest.Onnx.Output], [output]);
    }

    private long[] Shape(int patches) => [patches, Manifest.PatchSizePixels, Manifest.PatchSizePixels, 3];

    private void CheckTensors()
    {
        var side = Manifest.PatchSizePixels;
        Check(session.InputMetadata, Manifest.Onnx.Input, "input", TensorElementType.UInt8, [-1, side, side, 3]);
        Check(session.OutputMetadata, Manifest.Onnx.Output, "output", TensorElementType.Float, [-1, 1]);
    }

    private void Check(IReadOnlyDictionary<string, NodeMetadata> tensors, string name, string role, TensorElementType type, int[] shape)
    {
        if (!tensors.TryGetValue(name, out var tensor) || tensor.ElementDataType != type || !tensor.Dimensions.SequenceEqual(shape))
        {
            var found = string.Join(
                "; ",
                tensors.Select(pair => $"{pair.Key}: {pair.Value.ElementDataType} [{string.Join(',', pair.Value.Dimensions)}]"));
            throw new ModelRefusedException(
                $"{Manifest.ModelName} {Manifest.ModelVersion}: the graph needs an {role} '{name}' of {type} "
                + $"[{string.Join(',', shape)}]; it has {found}. Export it again.");
        }
    }

    private void CheckGoldenPatches(byte[] golden)
    {
        var expected = Manifest.Golden.Probabilities;
        if (golden.Length != (long)expected.Length * patchBytes)
        {
            throw new ModelRefusedException(
                $"{Manifest.ModelName} {Manifest.ModelVersion}: {Manifest.Golden.File} has {golden.Length} bytes, "
                + $"{expected.Length} patches have {expected.Length * patchBytes}. Publish the model again as a new version.");
        }

        var actual = new float[expected.Length];
        Score(golden, actual, CancellationToken.None);
        for (var i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= Graph.Tolerance))
            {
                throw new ModelRefusedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Manifest.ModelName} {Manifest.ModelVersion}: golden patch {i} gives {actual[i]} on {Provider}, "
                    + $"threads {Threads}; the manifest says {expected[i]} ± {Graph.Tolerance}. {WayOut}"));
            }
        }
    }
}
