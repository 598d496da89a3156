using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IdcFunctions.Training.Network;

/// <summary>Norm, ReLU, 3×3, norm, ReLU, 3×3, added to the input or, where shapes differ, to a 1×1 of the activated input.</summary>
public sealed class ResidualBlock : Module<Tensor, Tensor>
{
    /// <summary>Makes a block.</summary>
    public ResidualBlock(int inputs, int outputs, int stride)
        : base("block")
    {
        norm1 = BatchNorm2d(inputs);
        conv1 = Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false);
        norm2 = BatchNorm2d(outputs);
        conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
        shortcut = inputs != outputs || stride != 1 ? Conv2d(inputs, outputs, 1, stride: stride, bias: false) : null;
        Stride = stride;
        RegisterComponents();
    }

#pragma warning disable CA2213, IDE1006 // Registered components are disposed by the base class and named by their fields.
    internal readonly BatchNorm2d norm1;
    internal readonly Conv2d conv1;
    internal readonly BatchNorm2d norm2;
    internal readonly Conv2d conv2;
    internal readonly Conv2d? shortcut;
#pragma warning restore CA2213, IDE1006

    /// <summary>Stride of the first convolution and of the shortcut.</summary>
    public int Stride { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // What only this block needs is given back at its end, so that prediction holds one block's tensors, not the network's.
        using var scope = NewDisposeScope();
        var activated = functional.relu(norm1.forward(input));
        var residual = conv2.forward(functional.relu(norm2.forward(conv1.forward(activated))));
        return (residual + (shortcut is null ? input : shortcut.forward(activated))).MoveToOuterDisposeScope();
    }
}
