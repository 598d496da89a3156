using System.Globalization;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace IdcFunctions.Training;

/// <summary>START of training: the loop. Reads from top to bottom: data, network, schedule, steps, evaluation.</summary>
/// <param name="options">The hyperparameters.</param>
/// <param name="checkpoint">Where the state is kept, and found again; null to keep none.</param>
/// <param name="time">Clock for the throughput and the checkpoints.</param>
/// <param name="log">Gets a line an epoch.</param>
public sealed class Trainer(TrainingOptions options, Checkpoint? checkpoint, TimeProvider time, TextWriter log)
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(5);

    /// <summary>Trains, from the checkpoint where there is one; after each epoch <paramref name="onEpoch"/> gets the averaged network in evaluation mode.</summary>
    /// <returns>The averaged network; the caller disposes it.</returns>
    /// <exception cref="TrainingException">The loss is no number any more, or the checkpoint is another training's.</exception>
    public AveragedWeights Train(PatchDataset data, Action<int, WideResNet> onEpoch, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        if (options.Threads > 0)
        {
            set_num_threads(options.Threads);
        }

        var sampler = new BalancedSampler(data.Patches);
        using var pixels = torch.tensor(data.Pixels, [data.Patches.Count, PatchDataset.Side, PatchDataset.Side, 3], dtype: ScalarType.Byte);
        using var labels = torch.tensor(data.Patches.Select(patch => patch.IsIdc ? 1f : 0f).ToArray());
        using var targets = labels.mul(1 - options.LabelSmoothing).add(options.LabelSmoothing / 2);

        using var network = new WideResNet(options.Width);
        var average = new AveragedWeights(network, options.Width, options.AverageDecay);
        using var optimizer = optim.SGD(network.parameters(), options.LearningRate, options.Momentum, weight_decay: options.WeightDecay, nesterov: true);
        var stepsPerEpoch = Math.Max(1, data.Patches.Count / options.BatchSize);
        var steps = options.Epochs * stepsPerEpoch;
        var (first, epochLoss) = checkpoint?.Load(network, average.Network, optimizer) ?? new TrainingProgress(0, 0);
        if (first > 0)
        {
            log.WriteLine($"goes on after step {first} of {steps}");
        }

        var started = time.GetTimestamp();
        var saved = started;

        network.train();
        for (var step = first; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var draw = StepSeed(step);
            random.manual_seed(draw);
            foreach (var group in optimizer.ParamGroups)
            {
                group.LearningRate = LearningRateAt(step, steps);
            }

            var chosen = torch.tensor(sampler.Next(options.BatchSize, new Random(draw)), dtype: ScalarType.Int64);
            var inputs = Augmentation.Apply(pixels.index_select(0, chosen), options.StainJitter).to(options.Precision == TrainingPrecision.Mixed ? ScalarType.BFloat16 : ScalarType.Float32);
            var loss = nn.functional.binary_cross_entropy_with_logits(network.forward(inputs), targets.index_select(0, chosen));
            optimizer.zero_grad();
            loss.backward();
            if (options.GradientClip > 0)
            {
                nn.utils.clip_grad_norm_(network.parameters(), options.GradientClip);
            }

            optimizer.step();
            average.Update(step + 1);
            epochLoss += loss.ToSingle();

            var epochEnds = (step + 1) % stepsPerEpoch == 0;
            if (epochEnds)
            {
                EndEpoch((step + 1) / stepsPerEpoch, epochLoss / stepsPerEpoch, (step + 1 - first) * (double)options.BatchSize / time.GetElapsedTime(started).TotalSeconds, (steps - step - 1) * (double)options.BatchSize, average, onEpoch);
                epochLoss = 0;
            }

            if (epochEnds || time.GetElapsedTime(saved) > CheckpointInterval)
            {
                checkpoint?.Save(new TrainingProgress(step + 1, epochLoss), network, average.Network, optimizer);
                saved = time.GetTimestamp();
            }
        }

        return average;
    }

    private void EndEpoch(int epoch, double loss, double patchesPerSecond, double patchesLeft, AveragedWeights average, Action<int, WideResNet> onEpoch)
    {
        if (!double.IsFinite(loss))
        {
            average.Dispose();
            throw new TrainingException($"The loss of epoch {epoch} is no number: the training has diverged. Lower --learning-rate.");
        }

        var left = TimeSpan.FromSeconds(patchesLeft / patchesPerSecond);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{options.Epochs}  loss {loss:0.0000}  {patchesPerSecond:0.0} patches/s  {left:h\\:mm\\:ss} left"));
        onEpoch(epoch, average.Network);
    }

    /// <summary>Seed of a step's draws, so that a resumed training draws what an undisturbed one would (SplitMix64; neighbours must not be alike).</summary>
    private int StepSeed(int step)
    {
        var z = unchecked(((ulong)(uint)options.Seed << 32 | (uint)step) + 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (int)((z ^ (z >> 31)) & int.MaxValue);
    }

    private double LearningRateAt(int step, int steps)
    {
        var warmUp = Math.Max(1, (int)(steps * options.WarmUp));
        return step < warmUp
            ? options.LearningRate * (step + 1) / warmUp
            : options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - warmUp) / Math.Max(1, steps - warmUp)));
    }
}
