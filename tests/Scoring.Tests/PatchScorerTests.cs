using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using IdcFunctions.Fixtures;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Scoring.Tests;

public sealed class PatchScorerTests
{
    private const int PatchBytes = 50 * 50 * 3;

    private static readonly ScoringOptions GpuRequired = new() { Provider = ExecutionProvider.Cuda, RequireGpu = true };

    private readonly ToyModel model = new("1.0.0");

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(32, 2)]
    [InlineData(100, 2)]
    public void Scores_do_not_hang_on_chunks_or_threads(int chunk, int threads)
    {
        using var scorer = PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, new ScoringOptions { ChunkSize = chunk, Threads = threads });
        var pixels = new byte[33 * PatchBytes];
        for (var patch = 0; patch < 33; patch++)
        {
            pixels.AsSpan(patch * PatchBytes, PatchBytes).Fill((byte)(patch * 7));
        }

        var probabilities = new float[33];
        scorer.Score(pixels, probabilities, TestContext.Current.CancellationToken);

        // The toy model's arithmetic in float32 against double.
        Assert.All(Enumerable.Range(0, 33), patch => Assert.Equal(ToyModel.Probability(patch * 7, 12), probabilities[patch], 1e-5f));
    }

    [Fact]
    public async Task Calls_with_bound_tensors_answer_the_same_from_several_threads_at_once()
    {
        using var scorer = PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, new ScoringOptions { ChunkSize = 8, Threads = 1 });
        var token = TestContext.Current.CancellationToken;
        var pixels = new byte[33 * PatchBytes];
        for (var patch = 0; patch < 33; patch++)
        {
            pixels.AsSpan(patch * PatchBytes, PatchBytes).Fill((byte)(patch * 7));
        }

        var expected = new float[33];
        scorer.Score(pixels, expected, token);

        // What a GPU does with page-locked memory, here with the processor's.
        scorer.Bind(new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                var probabilities = new float[33];
                scorer.Score(pixels, probabilities, token);
                return probabilities;
            },
            token)));

        Assert.All(answers, answer => Assert.Equal(expected, answer));
    }

    [Fact]
    public void A_golden_patch_beyond_the_tolerance_refuses_the_model_and_is_named()
    {
        var golden = model.Manifest.Golden;
        var manifest = model.Manifest with { Golden = golden with { Probabilities = golden.Probabilities.SetItem(1, golden.Probabilities[1] + (2 * (float)golden.Tolerance)) } };

        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, new ScoringOptions()));

        Assert.Contains("golden patch 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Scoring:Threads", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Scoring:Precision", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_of_another_hash_is_refused()
    {
        var other = new ToyModel("1.0.0", slope: 3);

        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), other.Onnx, model.Golden, new ScoringOptions()));

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(other.Onnx)), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_is_loaded_by_its_own_hash_and_tolerance_and_the_provider_names_it()
    {
        var quantised = new ToyModel("1.0.0", int8Slope: 12.2f);
        var graph = quantised.Manifest.GraphOf(ScoringPrecision.Int8);

        using var scorer = PatchScorer.Load(quantised.Manifest, graph, quantised.Quantized!, quantised.Golden, new ScoringOptions());

        Assert.Equal("cpu int8", scorer.Provider);
        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(quantised.Manifest, graph with { Tolerance = 0.0001 }, quantised.Quantized!, quantised.Golden, new ScoringOptions()));
        Assert.Contains("golden patch 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu int8, threads ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Set Scoring:Precision to Fp32", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_for_another_provider_is_refused_and_both_settings_are_named()
    {
        var manifest = new ToyModel("1.0.0", int8Slope: 12.2f).Manifest;

        var refused = Assert.Throws<ModelRefusedException>(() => manifest.CheckRunsOn(manifest.GraphOf(ScoringPrecision.Int8), ExecutionProvider.Cuda));

        Assert.Contains("Scoring:Provider", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Scoring:Precision", refused.Message, StringComparison.Ordinal);
        manifest.CheckRunsOn(manifest.GraphOf(ScoringPrecision.Int8), ExecutionProvider.Cpu);
        manifest.CheckRunsOn(manifest.GraphOf(ScoringPrecision.Fp32), ExecutionProvider.Cuda);
    }

    [Fact]
    public void Threads_and_chunks_are_what_suits_the_provider_that_is_used_unless_they_are_given()
    {
        var (derived, given) = (new ScoringOptions(), new ScoringOptions { Threads = 3, ChunkSize = 48 });

        Assert.Equal((Environment.ProcessorCount, 32), (derived.ThreadsOn(ExecutionProvider.Cpu), derived.ChunkSizeOn(ExecutionProvider.Cpu)));
        Assert.Equal((1, 256), (derived.ThreadsOn(ExecutionProvider.Cuda), derived.ChunkSizeOn(ExecutionProvider.Cuda)));
        Assert.All([ExecutionProvider.Cpu, ExecutionProvider.Cuda], provider => Assert.Equal((3, 48), (given.ThreadsOn(provider), given.ChunkSizeOn(provider))));
        using var scorer = PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, given);
        Assert.Equal((3, 48), (scorer.Threads, scorer.ChunkSize));
    }

    [Fact]
    public void Each_graph_of_the_shipped_model_passes_its_golden_patches()
    {
        var folder = ShippedModel.FolderIn(Repository.Root);
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, BlobNames.ModelManifest)));

        Assert.Equal([ScoringPrecision.Fp32, ScoringPrecision.Fp16, ScoringPrecision.Int8], manifest.Graphs.Select(graph => graph.Precision));
        Assert.All(manifest.Graphs, graph => PatchScorer.LoadFolder(folder, graph.Precision, new ScoringOptions { Threads = 1 }).Dispose());
    }

    [Fact]
    public void A_precision_that_the_model_lacks_is_refused_with_the_way_out()
    {
        var refused = Assert.Throws<ModelRefusedException>(() => model.Manifest.GraphOf(ScoringPrecision.Int8));

        Assert.Contains("Scoring:Precision", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_is_asked_for_and_not_there_is_told_and_where_it_is_required_refused()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "This machine has a GPU.");

        using var scorer = PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, new ScoringOptions { Provider = ExecutionProvider.Cuda });
        Assert.Equal("cpu instead of cuda", scorer.Provider);
        Assert.NotEmpty(scorer.FallbackReason!);
        Assert.Equal((Environment.ProcessorCount, 32), (scorer.Threads, scorer.ChunkSize));

        var refused = Assert.Throws<GpuRequiredException>(() => PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, GpuRequired));
        Assert.Contains("Scoring:RequireGpu", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_is_required_is_looked_for_before_there_is_a_model()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "This machine has a GPU.");

        Assert.Contains("Scoring:RequireGpu", Assert.Throws<GpuRequiredException>(() => OnnxSessions.RequireGpu(GpuRequired)).Message, StringComparison.Ordinal);
        OnnxSessions.RequireGpu(new ScoringOptions { Provider = ExecutionProvider.Cuda });

        // The graph that it is looked for with is one, so that a machine with a GPU does not fail on it.
        using var session = new InferenceSession(OnnxSessions.ProbeGraph);
        Assert.Equal(("x", "y"), (session.InputNames.Single(), session.OutputNames.Single()));
    }

    [Fact]
    public void A_graph_that_no_provider_can_load_is_the_models_fault_and_not_the_gpus()
    {
        byte[] broken = [1, 2, 3];
        var manifest = model.Manifest with { Onnx = model.Manifest.Onnx with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(broken)) } };

        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), broken, model.Golden, GpuRequired));

        Assert.Contains("Export it again", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void To_require_a_gpu_and_to_ask_for_none_is_refused()
    {
        var options = new ScoringOptions { RequireGpu = true };

        var refused = Assert.Throws<ValidationException>(() => Validator.ValidateObject(options, new(options), validateAllProperties: true));

        Assert.Contains("Scoring:Provider", refused.Message, StringComparison.Ordinal);
        Validator.ValidateObject(GpuRequired, new(GpuRequired), validateAllProperties: true);
    }
}
