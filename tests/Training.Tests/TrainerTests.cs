using IdcFunctions.Training.Data;
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
            using var network = TrainedNetwork.Train(data, TrainedNetwork.Options() with { Seed = seed });
            return Weights(network);
        }

        var once = Trained(1);
        Assert.Equal(once, Trained(1));
        Assert.NotEqual(once, Trained(2));
    }

    /// <summary>The teachers say the contrary of every label.</summary>
    [Theory]
    [InlineData(0.1, true)]
    [InlineData(0.9, false)]
    public void Teachers_are_believed_by_their_share(double share, bool followsLabels)
    {
        var data = TrainedNetwork.Patches(temporary);
        var contrary = new TaughtTargets([.. data.Patches.Select(patch => patch.IsIdc ? 0f : 1f)], share);

        using var network = new Trainer(TrainedNetwork.Options(epochs: 8), null, null, TimeProvider.System) { Taught = contrary }.Train(
            data, (_, _) => TrainedNetwork.NoFigures, _ => { }, TestContext.Current.CancellationToken);

        var logits = Prediction.Logits(network, data.Pixels);
        var ofIdc = data.Patches.Zip(logits).Where(pair => pair.First.IsIdc).Average(pair => pair.Second);
        var ofOthers = data.Patches.Zip(logits).Where(pair => !pair.First.IsIdc).Average(pair => pair.Second);
        Assert.Equal(followsLabels, ofIdc > ofOthers);
    }

    [Fact]
    public void An_epoch_more_holds_on_to_no_more_tensors()
    {
        var live = new List<long>();

        using var network = new Trainer(TrainedNetwork.Options(epochs: 3), null, null, TimeProvider.System).Train(
            TrainedNetwork.Patches(temporary),
            (_, _) =>
            {
                live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
                return TrainedNetwork.NoFigures;
            },
            _ => { },
            TestContext.Current.CancellationToken);

        Assert.Equal(3, live.Count);
        Assert.Equal(live[1], live[2]);
    }

    [Fact]
    public void At_an_epochs_end_its_own_loss_is_told()
    {
        var snapshots = new List<TrainingSnapshot>();
        using var network = new Trainer(TrainedNetwork.Options(epochs: 2), null, null, TimeProvider.System).Train(
            TrainedNetwork.Patches(temporary), (_, _) => TrainedNetwork.NoFigures, snapshots.Add, TestContext.Current.CancellationToken);

        Assert.True(snapshots[^1].Loss > 0);
        Assert.Equal(snapshots[^1].Epochs[^1].Loss, snapshots[^1].Loss);
    }

    [Fact]
    public void A_training_that_diverges_ends_with_the_reason()
    {
        var data = TrainedNetwork.Patches(temporary);

        // The best rate there is to leave the range of float32 in three steps.
        var error = Assert.Throws<NothingLearntException>(() => TrainedNetwork.Train(data, TrainedNetwork.Options(epochs: 8) with { LearningRate = 1e30, WarmUp = 0 }));

        Assert.Contains("--learning-rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_training_stops_at_a_step()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            new Trainer(TrainedNetwork.Options(), null, null, TimeProvider.System).Train(TrainedNetwork.Patches(temporary), (_, _) => TrainedNetwork.NoFigures, _ => { }, cancelled.Token));
    }

    /// <summary>As a file <c>cancel</c> does it, of which <c>progress.json</c> says that the training can go on.</summary>
    [Fact]
    public void A_training_that_is_cancelled_by_who_watches_it_keeps_what_it_has()
    {
        var checkpoint = new Checkpoint(temporary.At("training.ckpt"), "same");
        static void CancelAfterStep(TrainingSnapshot snapshot)
        {
            if (snapshot.Step == 2)
            {
                throw new OperationCanceledException();
            }
        }

        Assert.Throws<OperationCanceledException>(() => new Trainer(TrainedNetwork.Options(epochs: 3), null, checkpoint, TimeProvider.System).Train(
            TrainedNetwork.Patches(temporary), (_, _) => TrainedNetwork.NoFigures, CancelAfterStep, TestContext.Current.CancellationToken));

        Assert.Equal(2, Checkpoint.StepsOf(temporary.At("training.ckpt")));
    }

    /// <summary>A container's program has the same process id at each start.</summary>
    [Fact]
    public void What_a_process_of_the_same_id_left_of_a_checkpoint_is_in_nobodys_way()
    {
        temporary.WriteLines($"training.ckpt.{Environment.ProcessId}", "half a checkpoint");

        TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options(), new Checkpoint(temporary.At("training.ckpt"), "same")).Dispose();

        Assert.True(Checkpoint.StepsOf(temporary.At("training.ckpt")) > 0);
        Assert.False(File.Exists(temporary.At($"training.ckpt.{Environment.ProcessId}")));
    }

    [Theory]
    [InlineData(TrainingPrecision.Full, OptimizerKind.Sgd, 1)]
    [InlineData(TrainingPrecision.Full, OptimizerKind.AdamW, 5)]
    [InlineData(TrainingPrecision.Mixed, OptimizerKind.Sgd, 8)]
    public void A_training_killed_at_any_step_goes_on_and_ends_with_the_weights_of_an_undisturbed_one(TrainingPrecision precision, OptimizerKind optimizer, int savedSteps)
    {
        var data = TrainedNetwork.Patches(temporary);
        var options = TrainedNetwork.Options(epochs: 3) with { Precision = precision, Optimizer = optimizer, Dropout = 0.1 };
        using var undisturbed = TrainedNetwork.Train(data, options);
        var checkpoint = new Checkpoint(temporary.At("training.ckpt"), "same");

        using var killed = new CancellationTokenSource();
        void KillAfterStep(TrainingSnapshot snapshot)
        {
            if (snapshot.Step == savedSteps)
            {
                killed.Cancel();
            }
        }

        Assert.Throws<OperationCanceledException>(() => new Trainer(options, null, checkpoint, new HurryingClock()).Train(data, (_, _) => TrainedNetwork.NoFigures, KillAfterStep, killed.Token));
        torch.random.manual_seed(99);
        var snapshots = new List<TrainingSnapshot>();
        using var resumed = new Trainer(options, null, checkpoint, TimeProvider.System).Train(data, (_, _) => TrainedNetwork.NoFigures, snapshots.Add, TestContext.Current.CancellationToken);

        Assert.Equal(savedSteps, snapshots[0].Step);
        Assert.Equal([1, 2, 3], snapshots[^1].Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(Weights(undisturbed), Weights(resumed));
    }

    [Fact]
    public void A_training_that_had_ended_gives_its_weights_again()
    {
        var data = TrainedNetwork.Patches(temporary);
        var checkpoint = new Checkpoint(temporary.At("training.ckpt"), "same");

        byte[] Trained()
        {
            using var network = TrainedNetwork.Train(data, TrainedNetwork.Options(), checkpoint);
            return Weights(network);
        }

        Assert.Equal(Trained(), Trained());
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        var data = TrainedNetwork.Patches(temporary);
        TrainedNetwork.Train(data, TrainedNetwork.Options(), new Checkpoint(temporary.At("training.ckpt"), "one")).Dispose();

        var error = Assert.Throws<OtherTrainingException>(() => TrainedNetwork.Train(data, TrainedNetwork.Options(), new Checkpoint(temporary.At("training.ckpt"), "other")));

        Assert.Contains("other options, cases or patches", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_is_damaged_is_told()
    {
        var checkpoint = new Checkpoint(temporary.WriteLines("training.ckpt", "no checkpoint"), "one");

        var error = Assert.Throws<TrainingException>(() => TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options(), checkpoint));

        Assert.Contains("can't be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mixed_precision_learns_what_full_precision_learns()
    {
        var data = TrainedNetwork.Patches(temporary);

        float[] Logits(TrainingPrecision precision)
        {
            using var network = TrainedNetwork.Train(data, TrainedNetwork.Options(epochs: 4) with { Precision = precision });
            return Prediction.Logits(network, data.Pixels);
        }

        // bfloat16 has 8 bits of mantissa: 0.4 % a value, and twelve steps apart.
        Assert.All(Logits(TrainingPrecision.Full).Zip(Logits(TrainingPrecision.Mixed)), pair => Assert.Equal(pair.First, pair.Second, 0.1f));
    }

    [Fact]
    public void A_training_that_gets_no_better_ends_after_its_patience()
    {
        var figures = new Queue<double>([0.7, 0.9, 0.8, 0.85, 1]);
        var snapshots = new List<TrainingSnapshot>();

        using var network = new Trainer(TrainedNetwork.Options(epochs: 5) with { Patience = 2 }, null, null, TimeProvider.System).Train(
            TrainedNetwork.Patches(temporary), (_, _) => TrainedNetwork.NoFigures with { Auc = figures.Dequeue() }, snapshots.Add, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3, 4], snapshots[^1].Epochs.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public void With_a_patience_the_weights_are_those_of_the_best_epoch_also_after_a_restart()
    {
        var data = TrainedNetwork.Patches(temporary);
        var options = TrainedNetwork.Options(epochs: 5) with { Patience = 2 };
        var checkpoint = new Checkpoint(temporary.At("patience.ckpt"), "same");
        var kept = new Dictionary<int, byte[]>();
        double[] figures = [0.7, 0.9, 0.8, 0.85, 1];
        Metrics Evaluate(int epoch, WideResNet network)
        {
            kept[epoch] = Weights(network);
            return TrainedNetwork.NoFigures with { Auc = figures[epoch - 1] };
        }

        using var ended = new Trainer(options, null, checkpoint, TimeProvider.System).Train(data, Evaluate, _ => { }, TestContext.Current.CancellationToken);
        using var again = new Trainer(options, null, checkpoint, TimeProvider.System).Train(data, Evaluate, _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(4, kept.Count);
        Assert.Equal(kept[2], Weights(ended));
        Assert.Equal(kept[2], Weights(again));
    }

    /// <summary>A search draws dropout for networks that all begin with the same weights: it was once that of the first.</summary>
    [Fact]
    public void What_begins_with_weights_drops_the_share_that_is_asked_for()
    {
        using var initial = new WideResNet(new NetworkShape(1));
        var data = TrainedNetwork.Patches(temporary);

        byte[] Trained(double dropout)
        {
            using var network = TrainedNetwork.Train(data, TrainedNetwork.Options() with { Dropout = dropout }, initial: initial);
            return Weights(network);
        }

        Assert.NotEqual(Trained(0), Trained(0.5));
    }

    [Fact]
    public void Frozen_groups_keep_the_initial_weights_and_the_others_leave_them()
    {
        using var initial = new WideResNet(new NetworkShape(1));

        using var network = TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options() with { FrozenGroups = 1 }, initial: initial);

        var (before, after) = (initial.state_dict(), network.state_dict());
        string[] frozen = ["stem", "blocks.0", "blocks.1"];
        foreach (var name in before.Keys.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            Assert.Equal(frozen.Any(module => name.StartsWith(module, StringComparison.Ordinal)), before[name].equal(after[name]).all().ToBoolean());
        }
    }

    /// <summary>Each look at it is ten minutes later, so that every step is kept.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private long looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => looks++ * 600;
    }

    private static byte[] Weights(WideResNet network)
    {
        using var stream = new MemoryStream();
        network.save(stream);
        return stream.ToArray();
    }
}
