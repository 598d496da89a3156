using static TorchSharp.torch;

namespace IdcFunctions.Training.Network;

/// <summary>A second network whose weights are the exponential moving average of another's.</summary>
public sealed class AveragedWeights : IDisposable
{
    private readonly double decay;

    // Asked of the networks once: each time they are put together anew, at the price of a tenth of a step.
    private readonly (Tensor Average, Tensor Current)[] pairs;

    /// <summary>Begins with the weights as they are.</summary>
    /// <param name="trained">The network that is trained; its tensors must stay the same ones.</param>
    /// <param name="decay">Share of the average that a step keeps.</param>
    public AveragedWeights(WideResNet trained, double decay)
    {
        this.decay = decay;
        Network = trained.Copy();
        pairs = [.. Tensors(Network).Zip(Tensors(trained))];
    }

    /// <summary>The averaged network.</summary>
    public WideResNet Network { get; }

    /// <summary>Takes the trained network's weights into the average; early on they weigh more.</summary>
    /// <param name="step">The number of the step that was taken, from 1.</param>
    public void Update(long step)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var share = 1 - Math.Min(decay, (1.0 + step) / (10 + step));
        foreach (var (average, current) in pairs)
        {
            average.lerp_(current, share);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private static IEnumerable<Tensor> Tensors(WideResNet network) =>
        network.named_parameters().Select(parameter => (Tensor)parameter.parameter).Concat(network.named_buffers().Select(buffer => buffer.buffer).Where(buffer => buffer.is_floating_point()));
}
