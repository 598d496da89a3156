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

        using var average = new Trainer(TrainedNetwork.Options(epochs: 3), null, TimeProvider.System, TextWriter.Null).Train(
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
            new Trainer(TrainedNetwork.Options(), null, TimeProvider.System, TextWriter.Null).Train(TrainedNetwork.Patches(temporary), (_, _) => { }, cancelled.Token));
    }

    [Theory]
    [InlineData(TrainingPrecision.Full, 1)]
    [InlineData(TrainingPrecision.Full, 5)]
    [InlineData(TrainingPrecision.Mixed, 8)]
    public void A_training_killed_at_any_step_goes_on_and_ends_with_the_weights_of_an_undisturbed_one(TrainingPrecision precision, int savedSteps)
    {
        var data = TrainedNetwork.Patches(temporary);
        var options = TrainedNetwork.Options(epochs: 3) with { Precision = precision };
        using var undisturbed = TrainedNetwork.Train(data, options);
        var checkpoint = new Checkpoint(temporary.At("training.ckpt"), "same");

        using var killed = new CancellationTokenSource();
        var clock = new ClockThatKills(killed, afterSteps: savedSteps);
        Assert.Throws<OperationCanceledException>(() => new Trainer(options, checkpoint, clock, TextWriter.Null).Train(data, (_, _) => { }, killed.Token));
        torch.random.manual_seed(99);
        var log = new StringWriter();
        var epochs = new List<int>();
        using var resumed = new Trainer(options, checkpoint, TimeProvider.System, log).Train(data, (epoch, _) => epochs.Add(epoch), TestContext.Current.CancellationToken);

        Assert.Contains($"goes on after step {savedSteps} of 9", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 3).Where(epoch => epoch * 3 > savedSteps), epochs);
        Assert.Equal(Weights(undisturbed.Network), Weights(resumed.Network));
    }

    [Fact]
    public void A_training_that_had_ended_gives_its_weights_again()
    {
        var data = TrainedNetwork.Patches(temporary);
        var checkpoint = new Checkpoint(temporary.At("training.ckpt"), "same");

        byte[] Trained()
        {
            using var average = new Trainer(TrainedNetwork.Options(), checkpoint, TimeProvider.System, TextWriter.Null).Train(data, (_, _) => { }, TestContext.Current.CancellationToken);
            return Weights(average.Network);
        }

        Assert.Equal(Trained(), Trained());
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        var data = TrainedNetwork.Patches(temporary);
        new Trainer(TrainedNetwork.Options(), new Checkpoint(temporary.At("training.ckpt"), "one"), TimeProvider.System, TextWriter.Null).Train(data, (_, _) => { }, TestContext.Current.CancellationToken).Dispose();

        var error = Assert.Throws<TrainingException>(() =>
            new Trainer(TrainedNetwork.Options(), new Checkpoint(temporary.At("training.ckpt"), "other"), TimeProvider.System, TextWriter.Null).Train(data, (_, _) => { }, TestContext.Current.CancellationToken));

        Assert.Contains("other options, cases or patches", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_is_damaged_is_told()
    {
        var checkpoint = new Checkpoint(temporary.WriteLines("training.ckpt", "no checkpoint"), "one");

        var error = Assert.Throws<TrainingException>(() =>
            new Trainer(TrainedNetwork.Options(), checkpoint, TimeProvider.System, TextWriter.Null).Train(TrainedNetwork.Patches(temporary), (_, _) => { }, TestContext.Current.CancellationToken));

        Assert.Contains("can't be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mixed_precision_learns_what_full_precision_learns()
    {
        var data = TrainedNetwork.Patches(temporary);

        float[] Logits(TrainingPrecision precision)
        {
            using var average = TrainedNetwork.Train(data, TrainedNetwork.Options(epochs: 4) with { Precision = precision });
            return Prediction.Logits(average.Network, data.Pixels);
        }

        // bfloat16 has 8 bits of mantissa: 0.4 % a value, and twelve steps apart.
        Assert.All(Logits(TrainingPrecision.Full).Zip(Logits(TrainingPrecision.Mixed)), pair => Assert.Equal(pair.First, pair.Second, 0.1f));
    }

    /// <summary>Each look at it is ten minutes later, so that every step is kept. It is looked at once before the first step and twice in each.</summary>
    private sealed class ClockThatKills(CancellationTokenSource killed, int afterSteps) : TimeProvider
    {
        private int looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp()
        {
            if (looks++ == 2 * afterSteps)
            {
                killed.Cancel();
            }

            return looks * 600L;
        }
    }

    private static byte[] Weights(WideResNet network)
    {
        using var stream = new MemoryStream();
        network.save(stream);
        return stream.ToArray();
    }
}
