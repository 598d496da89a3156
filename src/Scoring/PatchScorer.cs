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
    private readonly int chunkSize;
    private readonly int patchBytes;

    private PatchScorer(ModelManifest manifest, ScoringGraph graph, InferenceSession session, ScoringOptions options, string provider, string? fallbackReason)
    {
        Manifest = manifest;
        Graph = graph;
        this.session = session;
        chunkSize = options.ChunkSize;
        patchBytes = manifest.PatchSizePixels * manifest.PatchSizePixels * 3;
        Provider = provider;
        FallbackReason = fallbackReason;
    }

    /// <summary>The model's manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>The graph that is run.</summary>
    public ScoringGraph Graph { get; }

    /// <summary>The provider that is used: <c>cpu</c>, <c>cuda</c>, or <c>cpu instead of cuda</c>, so that no result hides it, then the precision where it is not float32: <c>cpu int8</c>.</summary>
    public string Provider { get; }

    /// <summary>Why the CPU is used although a GPU was asked for; null where that is not so.</summary>
    public string? FallbackReason { get; }

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
        var (session, provider, fallback) = Open(manifest, graph, onnx, options);
        var precision = graph.Precision == ScoringPrecision.Fp32 ? "" : $" {graph.Precision.ToString().ToLowerInvariant()}";
        var scorer = new PatchScorer(manifest, graph, session, options, provider + precision, fallback);
        try
        {
            scorer.CheckTensors();
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

        for (var start = 0; start < probabilities.Length; start += chunkSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(chunkSize, probabilities.Length - start);
            ScoreChunk(pixels.Slice(start * patchBytes, count * patchBytes), probabilities.Slice(start, count));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session.Dispose();
        runOptions.Dispose();
    }

    private static void CheckHash(ModelManifest manifest, string file, string expected, byte[] content)
    {
        var actual = Convert.ToHexStringLower(SHA256.HashData(content));
        if (actual != expected)
        {
            throw new ModelRefusedException(
                $"{manifest.ModelName} {manifest.ModelVersion}: {file} has the SHA-256 {actual}, its manifest says {expected}. Publish the model again as a new version.");
        }
    }

    private static (InferenceSession Session, string Provider, string? Fallback) Open(ModelManifest manifest, ScoringGraph graph, byte[] onnx, ScoringOptions options)
    {
        string? fallback = null;
        if (options.Provider == ExecutionProvider.Cuda)
        {
            try
            {
                using var cuda = Settings(options);
                cuda.AppendExecutionProvider_CUDA();
                return (new InferenceSession(onnx, cuda), "cuda", null);
            }
            catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
            {
                fallback = exception.Message;
                if (options.RequireGpu)
                {
                    throw new GpuRequiredException(
                        $"Scoring:RequireGpu is set, but CUDA can't be used: {fallback} Use the GPU build on a machine with an NVIDIA GPU, or unset it.", exception);
                }
            }
        }

        try
        {
            using var settings = Settings(options);
            return (new InferenceSession(onnx, settings), fallback is null ? "cpu" : "cpu instead of cuda", fallback);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ModelRefusedException(
                $"{manifest.ModelName} {manifest.ModelVersion}: ONNX Runtime can't load {graph.File}: {exception.Message} Export it again.", exception);
        }
    }

    private static SessionOptions Settings(ScoringOptions options) => new()
    {
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        InterOpNumThreads = 1,
        IntraOpNumThreads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    private void ScoreChunk(ReadOnlyMemory<byte> pixels, Memory<float> probabilities)
    {
        var count = probabilities.Length;
        var side = Manifest.PatchSizePixels;

        // The graph reads the caller's memory and writes into the caller's memory: nothing is copied here.
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, System.Runtime.InteropServices.MemoryMarshal.AsMemory(pixels), [count, side, side, 3]);
        using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, probabilities, [count, 1]);
        session.Run(runOptions, [Manifest.Onnx.Input], [input], [Manifest.Onnx.Output], [output]);
    }

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
            var found = string.Join("; ", tensors.Select(pair => $"{pair.Key}: {pair.Value.ElementDataType} [{string.Join(',', pair.Value.Dimensions)}]"));
            throw new ModelRefusedException(
                $"{Manifest.ModelName} {Manifest.ModelVersion}: the graph needs an {role} '{name}' of {type} [{string.Join(',', shape)}]; it has {found}. Export it again.");
        }
    }

    private void CheckGoldenPatches(byte[] golden)
    {
        var expected = Manifest.Golden.Probabilities;
        if (golden.Length != (long)expected.Length * patchBytes)
        {
            throw new ModelRefusedException(
                $"{Manifest.ModelName} {Manifest.ModelVersion}: {Manifest.Golden.File} has {golden.Length} bytes, {expected.Length} patches have {expected.Length * patchBytes}. Publish the model again as a new version.");
        }

        var actual = new float[expected.Length];
        Score(golden, actual, CancellationToken.None);
        for (var i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= Graph.Tolerance))
            {
                throw new ModelRefusedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Manifest.ModelName} {Manifest.ModelVersion}: golden patch {i} gives {actual[i]} on {Provider}, the manifest says {expected[i]} ± {Graph.Tolerance}. Use another provider, or export the model again."));
            }
        }
    }
}
