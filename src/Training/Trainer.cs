using System.Globalization;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace IdcFunctions.Training;

/// <summary>START of training: the loop. Reads from top to bottom: data, network, schedule, steps, evaluation.</summary>
public sealed class Trainer(TrainingOptions options, TimeProvider time, TextWriter log)
{
    /// <summary>Trains; after each epoch <paramref name="onEpoch"/> gets the averaged network in evaluation mode.</summary>
    /// <returns>The averaged network; the caller disposes it.</returns>
    /// <exception cref="TrainingException">The loss is no number any more.</exception>
    public AveragedWeights Train(PatchDataset data, Action<int, WideResNet> onEpoch, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        if (options.Threads > 0)
        {
            set_num_threads(options.Threads);
        }

        var order = new Random(options.Seed);
        var sampler = new BalancedSampler(data.Patches, order);
        using var pixels = torch.tensor(data.Pixels, [data.Patches.Count, PatchDataset.Side, PatchDataset.Side, 3], dtype: ScalarType.Byte);
        using var labels = torch.tensor(data.Patches.Select(patch => patch.IsIdc ? 1f : 0f).ToArray());

        using var network = new WideResNet(options.Width);
        var average = new AveragedWeights(network, options.Width, options.AverageDecay);
        using var optimizer = optim.SGD(network.parameters(), options.LearningRate, options.Momentum, weight_decay: options.WeightDecay, nesterov: true);
        var stepsPerEpoch = Math.Max(1, data.Patches.Count / options.BatchSize);
        var steps = options.Epochs * stepsPerEpoch;
        var started = time.GetTimestamp();

        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            network.train();
            double lossSum = 0;
            for (var step = 0; step < stepsPerEpoch; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                foreach (var group in optimizer.ParamGroups)
                {
                    group.LearningRate = LearningRateAt((epoch * stepsPerEpoch) + step, steps);
                }

                var chosen = torch.tensor(sampler.Next(options.BatchSize), dtype: ScalarType.Int64);
                var inputs = Augmentation.Apply(pixels.index_select(0, chosen), options.ColourJitter, order);
                var loss = nn.functional.binary_cross_entropy_with_logits(network.forward(inputs), labels.index_select(0, chosen));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                average.Update();
                lossSum += loss.ToSingle();
            }

            if (!double.IsFinite(lossSum))
            {
                average.Dispose();
                throw new TrainingException($"The loss of epoch {epoch + 1} is no number: the training has diverged. Lower --learning-rate.");
            }

            var rate = (epoch + 1.0) * stepsPerEpoch * options.BatchSize / time.GetElapsedTime(started).TotalSeconds;
            var left = TimeSpan.FromSeconds((options.Epochs - epoch - 1) * (double)stepsPerEpoch * options.BatchSize / rate);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch + 1}/{options.Epochs}  loss {lossSum / stepsPerEpoch:0.0000}  {rate:0.0} patches/s  {left:h\\:mm\\:ss} left"));
            onEpoch(epoch, average.Network);
        }

        return average;
    }

    private double LearningRateAt(int step, int steps)
    {
        var warmUp = Math.Max(1, (int)(steps * options.WarmUp));
        return step < warmUp
            ? options.LearningRate * (step + 1) / warmUp
            : options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - warmUp) / Math.Max(1, steps - warmUp)));
    }
}
