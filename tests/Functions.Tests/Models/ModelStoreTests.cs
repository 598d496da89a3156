using Azure.Storage.Blobs;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Tests.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Tests.Models;

/// <summary>Models in storage and their sessions.</summary>
public sealed class ModelStoreTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task While_a_model_is_being_loaded_another_one_scores_and_the_load_is_one_for_all_who_wait()
    {
        var token = TestContext.Current.CancellationToken;
        await using var proxy = await StorageProxy.StartAsync(azurite.ConnectionString, token);
        await new ToyModel("quick").PublishAsync(azurite.ConnectionString, token);
        await new ToyModel("slow").PublishAsync(azurite.ConnectionString, token);
        var (asked, answered) = (new TaskCompletionSource(), new TaskCompletionSource());
        proxy.Fault = async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/slow/model.onnx", StringComparison.Ordinal))
            {
                asked.TrySetResult();
                await answered.Task;
            }

            return false;
        };
        using var store = Store(proxy.ConnectionString, new ScoringOptions());
        await store.GetOwnScorerAsync("toy", "quick", token);

        Task<PatchScorer>[] slow = [store.GetOwnScorerAsync("toy", "slow", token), store.GetOwnScorerAsync("toy", "slow", token)];
        await asked.Task.WaitAsync(token);
        var quick = await store.GetOwnScorerAsync("toy", "quick", token).WaitAsync(TimeSpan.FromSeconds(10), token);
        Assert.All(slow, one => Assert.False(one.IsCompleted));
        answered.SetResult();

        Assert.Equal("quick", quick.Manifest.ModelVersion);
        Assert.Same(await slow[0], await slow[1]);
    }

    /// <summary>Else activating a model, which writes the file anew, could not be reached.</summary>
    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task A_damaged_file_that_says_which_model_is_active_keeps_no_app_from_starting(string content)
    {
        var token = TestContext.Current.CancellationToken;
        var blob = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(Containers.Models).GetBlobClient(BlobNames.ActiveModel);
        await blob.UploadAsync(BinaryData.FromString(content), overwrite: true, token);
        try
        {
            using var store = Store(azurite.ConnectionString, new ScoringOptions());
            await store.WarmAsync("no such folder", token);

            var refused = await Assert.ThrowsAsync<ModelRefusedException>(() => store.FindActiveAsync(token));
            Assert.StartsWith("active.json, which says which model is active, can't be read: ", refused.Message, StringComparison.Ordinal);
            await new ToyModel("repaired").PublishAsync(azurite.ConnectionString, token);
            await store.ActivateAsync("toy", "repaired", token);
            Assert.Equal("repaired", (await store.FindActiveAsync(token))!.ModelVersion);
        }
        finally
        {
            await blob.DeleteAsync(cancellationToken: token);
        }
    }

    [Fact]
    public async Task A_gpu_that_is_required_and_not_there_keeps_the_app_from_starting_without_a_model_too()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "This machine has a GPU.");
        using var store = Store(azurite.ConnectionString, new ScoringOptions { Provider = ExecutionProvider.Cuda, RequireGpu = true });

        await Assert.ThrowsAsync<GpuRequiredException>(() => store.WarmAsync("no such folder", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_graph_for_another_provider_is_not_loaded_but_an_app_whose_runs_are_scored_elsewhere_may_decide_for_it()
    {
        var token = TestContext.Current.CancellationToken;
        var model = new ToyModel("half", int8Slope: 12.2f);
        model = new ToyModel("half", int8Slope: 12.2f) { Manifest = model.Manifest with { Onnx = model.Manifest.Onnx with { Variants = [model.Manifest.Onnx.Variants![0] with { RunsOn = "cuda" }] } } };
        await model.PublishAsync(azurite.ConnectionString, token);
        using var scoring = Store(azurite.ConnectionString, new ScoringOptions { Precision = ScoringPrecision.Int8 });
        using var deciding = Store(azurite.ConnectionString, new ScoringOptions { Precision = ScoringPrecision.Int8, ScoredElsewhere = true });

        var refused = await Assert.ThrowsAsync<ModelRefusedException>(() => scoring.GetOwnScorerAsync("toy", "half", token));
        var own = await deciding.GetOwnScorerAsync("toy", "half", token);

        Assert.Contains("Scoring:Provider is Cpu", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Scoring:Precision", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ScoringPrecision.Fp32, own.Graph.Precision);
        await new ToyModel("single").PublishAsync(azurite.ConnectionString, token);
        await Assert.ThrowsAsync<ModelRefusedException>(() => deciding.ActivateAsync("toy", "single", token));
    }

    private static ModelStore Store(string connection, ScoringOptions options) =>
        new(AccountClients.Of(connection), Options.Create(options), NullLogger<ModelStore>.Instance);
}
