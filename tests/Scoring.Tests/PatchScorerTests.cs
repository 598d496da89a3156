using System.Security.Cryptography;
using IdcFunctions.Fixtures;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Scoring.Tests;

public sealed class PatchScorerTests
{
    private const int PatchBytes = 50 * 50 * 3;

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
    public void A_golden_patch_beyond_the_tolerance_refuses_the_model_and_is_named()
    {
        var golden = model.Manifest.Golden;
        var manifest = model.Manifest with { Golden = golden with { Probabilities = golden.Probabilities.SetItem(1, golden.Probabilities[1] + (2 * (float)golden.Tolerance)) } };

        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, new ScoringOptions()));

        Assert.Contains("golden patch 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", refused.Message, StringComparison.Ordinal);
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
        Assert.Contains("cpu int8", refused.Message, StringComparison.Ordinal);
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

        var refused = Assert.Throws<GpuRequiredException>(() =>
            PatchScorer.Load(model.Manifest, model.Manifest.GraphOf(ScoringPrecision.Fp32), model.Onnx, model.Golden, new ScoringOptions { Provider = ExecutionProvider.Cuda, RequireGpu = true }));
        Assert.Contains("Scoring:RequireGpu", refused.Message, StringComparison.Ordinal);
    }
}
