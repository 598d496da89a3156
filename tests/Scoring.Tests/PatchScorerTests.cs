using System.Security.Cryptography;
using IdcFunctions.Fixtures;

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
        using var scorer = PatchScorer.Load(model.Manifest, model.Onnx, model.Golden, new ScoringOptions { ChunkSize = chunk, Threads = threads });
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

        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(manifest, model.Onnx, model.Golden, new ScoringOptions()));

        Assert.Contains("golden patch 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_of_another_hash_is_refused()
    {
        var other = new ToyModel("1.0.0", slope: 3);

        var refused = Assert.Throws<ModelRefusedException>(() => PatchScorer.Load(model.Manifest, other.Onnx, model.Golden, new ScoringOptions()));

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(other.Onnx)), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_is_asked_for_and_not_there_is_told_and_where_it_is_required_refused()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "This machine has a GPU.");

        using var scorer = PatchScorer.Load(model.Manifest, model.Onnx, model.Golden, new ScoringOptions { Provider = ExecutionProvider.Cuda });
        Assert.Equal("cpu instead of cuda", scorer.Provider);
        Assert.NotEmpty(scorer.FallbackReason!);

        var refused = Assert.Throws<GpuRequiredException>(() =>
            PatchScorer.Load(model.Manifest, model.Onnx, model.Golden, new ScoringOptions { Provider = ExecutionProvider.Cuda, RequireGpu = true }));
        Assert.Contains("Scoring:RequireGpu", refused.Message, StringComparison.Ordinal);
    }
}
