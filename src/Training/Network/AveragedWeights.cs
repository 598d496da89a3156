using TorchSharp;
using static TorchSharp.torch;

namespace IdcFunctions.Training.Network;

/// <summary>A second network whose weights are the exponential moving average of another's.</summary>
public sealed class AveragedWeights(WideResNet trained, double decay) : IDisposable
{
    /// <summary>The averaged network.</summary>
    public WideResNet Network { get; } = trained.Copy();

    /// <summary>Takes the trained network's weights into the average; early on they weigh more.</summary>
    /// <param name="step">The number of the step that was taken, from 1.</param>
    public void Update(long step)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var share = 1 - Math.Min(decay, (1.0 + step) / (10 + step));
        foreach (var ((_, average), (_, current)) in Network.named_parameters().Zip(trained.named_parameters()))
        {
            average.lerp_(current, share);
        }

        foreach (var ((_, average), (_, current)) in Network.named_buffers().Zip(trained.named_buffers()))
        {
            if (average.is_floating_point())
            {
                average.lerp_(current, share);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
