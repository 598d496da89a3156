using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IdcFunctions.Training;

/// <summary>START of training: the loop. Reads from top to bottom: data, network, schedule, steps, evaluation.</summary>
/// <param name="options">The hyperparameters.</param>
/// <param name="initial">Weights to begin with; null for random ones.</param>
/// <param name="checkpoint">Where the state is kept, and found again; null to keep none.</param>
/// <param name="time">Clock for the throughput and the checkpoints.</param>
public sealed class Trainer(TrainingOptions options, WideResNet? initial, Checkpoint? checkpoint, TimeProvider time)
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(5);

    /// <summary>What trains. On the processor equal seeds give equal weights; on a GPU nearly.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>What teachers say of the patches; null to learn from the labels alone.</summary>
    public TaughtTargets? Taught { get; init; }

    /// <summary>Trains, from the checkpoint where there is one.</summary>
    /// <param name="data">The patches to train on.</param>
    /// <param name="evaluate">Gets the number of an epoch that has ended and the averaged network.</param>
    /// <param name="report">Gets the state before the first step and after each; what cancels from it leaves a checkpoint as the token does.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    /// <returns>
    /// The averaged network, with a patience that of the epoch with the highest validation AUC, in evaluation mode; the
    /// caller disposes it.
    /// </returns>
    /// <exception cref="TrainingException">The loss is no number any more, or the checkpoint is another training's.</exception>
    public WideResNet Train(PatchDataset data, Func<int, WideResNet, Metrics> evaluate, Action<TrainingSnapshot> report, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        if (options.Threads > 0)
        {
            set_num_threads(options.Threads);
        }

        var sampler = new BalancedSampler(data.Patches);

        // Two gigabytes at the article's size: on the processor the tensor is the array itself.
        using var bytes = as_tensor(data.Pixels, ScalarType.Byte, Device);
        using var pixels = bytes.view(data.Patches.Count, PatchDataset.Side, PatchDataset.Side, 3);
        using var targets = torch.tensor(data.Patches.Select(Target).ToArray(), device: Device);

        using var network = (initial?.Copy(options.Shape()) ?? new WideResNet(options.Shape())).to(Device);
        network.Freeze(options.FrozenGroups);
        var average = new AveragedWeights(network, options.AverageDecay);
        var best = options.Patience > 0 ? average.Network.Copy() : null;
        var trained = network.parameters().Where(parameter => parameter.requires_grad).ToList();
        using var optimizer = MakeOptimizer(trained);
        var stepsPerEpoch = Math.Max(1, data.Patches.Count / options.BatchSize);
        var steps = options.Epochs * stepsPerEpoch;
        var (first, epochLoss, epochs) = checkpoint?.Load(network, average.Network, best, optimizer) ?? TrainingProgress.Start;
        var started = time.GetTimestamp();
        var saved = started;
        report(Snapshot(first, 0, 0));

        network.TrainMode();
        for (var step = first; step < steps && !IsStalled(); step++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Keep(step);
                throw new OperationCanceledException(cancellationToken);
            }

            using var scope = NewDisposeScope();
            var draw = StepSeed(step);
            random.manual_seed(draw);
            foreach (var group in optimizer.ParamGroups)
            {
                group.LearningRate = LearningRateAt(step, steps);
            }

            var chosen = torch.tensor(sampler.Next(options.BatchSize, new Random(draw)), dtype: ScalarType.Int64, device: Device);
            var type = options.Precision == TrainingPrecision.Mixed ? ScalarType.BFloat16 : ScalarType.Float32;
            var inputs = Augmentation.Apply(pixels.index_select(0, chosen), options.Shift, options.StainJitter).to(type);
            var loss = nn.functional.binary_cross_entropy_with_logits(network.forward(inputs), targets.index_select(0, chosen));
            optimizer.zero_grad();
            loss.backward();
            if (options.GradientClip > 0)
            {
                nn.utils.clip_grad_norm_(trained, options.GradientClip);
            }

            optimizer.step();
            average.Update(step + 1);
            var stepLoss = loss.ToSingle();
            epochLoss += stepLoss;
            ThrowIfDiverged((step / stepsPerEpoch) + 1, stepLoss, average);

            var epochEnds = (step + 1) % stepsPerEpoch == 0;
            if (epochEnds)
            {
                var epoch = (step + 1) / stepsPerEpoch;
                epochs = epochs.Add(new EpochResult(epoch, epochLoss / stepsPerEpoch, evaluate(epoch, average.Network)));
                if (BestEpoch() == epoch)
                {
                    best?.load_state_dict(average.Network.state_dict());
                }

                epochLoss = 0;
            }

            if (epochEnds || time.GetElapsedTime(saved) > CheckpointInterval)
            {
                Keep(step + 1);
                saved = time.GetTimestamp();
            }

            try
            {
                report(Snapshot(step + 1, stepLoss, LearningRateAt(step, steps)));
            }
            catch (OperationCanceledException)
            {
                Keep(step + 1);
                throw;
            }
        }

        // Who waits for a better epoch wants the best, not the last.
        if (best is null)
        {
            return average.Network;
        }

        average.Dispose();
        return best;

        void Keep(int taken) => checkpoint?.Save(new TrainingProgress(taken, epochLoss, epochs), network, average.Network, best, optimizer);

        int BestEpoch() => epochs.MaxBy(epoch => epoch.Validation.Auc)!.Epoch;

        bool IsStalled() => options.Patience > 0 && epochs.Length > 0 && epochs[^1].Epoch - BestEpoch() >= options.Patience;

        float Target(LabelledPatch patch, int index)
        {
            var label = ((patch.IsIdc ? 1 : 0) * (1 - options.LabelSmoothing)) + (options.LabelSmoothing / 2);
            return (float)(Taught is null ? label : (Taught.Share * Taught.Probabilities[index]) + ((1 - Taught.Share) * label));
        }

        TrainingSnapshot Snapshot(int step, double stepLoss, double learningRate)
        {
            var perSecond = (step - first) * (double)options.BatchSize / Math.Max(1e-3, time.GetElapsedTime(started).TotalSeconds);
            var secondsLeft = perSecond > 0 ? (steps - step) * (double)options.BatchSize / perSecond : 0;
            var loss = step % stepsPerEpoch > 0 ? epochLoss / (step % stepsPerEpoch) : epochs.LastOrDefault()?.Loss ?? 0;
            return new TrainingSnapshot(step, steps, loss, stepLoss, learningRate, perSecond, secondsLeft, epochs);
        }
    }

    private OptimizerHelper MakeOptimizer(IEnumerable<Parameter> trained) => options.Optimizer == OptimizerKind.Sgd
        ? optim.SGD(trained, options.LearningRate, options.Momentum, weight_decay: options.WeightDecay, nesterov: options.Momentum > 0)
        : optim.AdamW(trained, options.LearningRate, beta1: options.Momentum, weight_decay: options.WeightDecay);

    private static void ThrowIfDiverged(int epoch, double loss, AveragedWeights average)
    {
        if (!double.IsFinite(loss))
        {
            average.Dispose();
            throw new NothingLearntException($"The loss of epoch {epoch} is no number: the training has diverged. Lower --learning-rate.");
        }
    }

    /// <summary>
    /// Seed of a step's draws, so that a resumed training draws what an undisturbed one would (SplitMix64; neighbours must
    /// not be alike).
    /// </summary>
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
