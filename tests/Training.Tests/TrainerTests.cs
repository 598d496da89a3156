using IdcFunctions.Training.Network;
using TorchSharp;

namespace IdcFunctions.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        var data = TrainedNetwork.Patches(temporary);

        byte[] Trained(int seed)
        {
            using var average = TrainedNetwork.Train(data, TrainedNetwork.Options() with { Seed = seed });
            return Weights(average.Network);
        }

        var once = Trained(1);
        Assert.Equal(once, Trained(1));
        Assert.NotEqual(once, Trained(2));
    }

    [Fact]
    public void An_epoch_more_holds_on_to_no_more_tensors()
    {
        var live = new List<long>();

        using var average = new Trainer(TrainedNetwork.Options(epochs: 3), TimeProvider.System, TextWriter.Null).Train(
            TrainedNetwork.Patches(temporary), (_, _) => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount), TestContext.Current.CancellationToken);

        Assert.Equal(3, live.Count);
        Assert.Equal(live[1], live[2]);
    }

    [Fact]
    public void A_training_that_diverges_ends_with_the_reason()
    {
        var data = TrainedNetwork.Patches(temporary);

        // The best rate there is to leave the range of float32 in three steps.
        var error = Assert.Throws<TrainingException>(() => TrainedNetwork.Train(data, TrainedNetwork.Options(epochs: 8) with { LearningRate = 1e30, WarmUp = 0 }));

        Assert.Contains("--learning-rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_training_stops_at_a_step()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            new Trainer(TrainedNetwork.Options(), TimeProvider.System, TextWriter.Null).Train(TrainedNetwork.Patches(temporary), (_, _) => { }, cancelled.Token));
    }

    private static byte[] Weights(WideResNet network)
    {
        using var stream = new MemoryStream();
        network.save(stream);
        return stream.ToArray();
    }
}
