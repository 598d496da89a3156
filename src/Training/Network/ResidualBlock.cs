using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IdcFunctions.Training.Network;

/// <summary>Norm, ReLU, 3×3, norm, ReLU, dropout, 3×3, added to the input or, where shapes differ, to a 1×1 of the activated input.</summary>
public sealed class ResidualBlock : Module<Tensor, Tensor>
{
    /// <summary>Makes a block.</summary>
    public ResidualBlock(int inputs, int outputs, int stride, double dropout)
        : base("block")
    {
        norm1 = BatchNorm2d(inputs);
        conv1 = Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false);
        norm2 = BatchNorm2d(outputs);
        conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
        shortcut = inputs != outputs || stride != 1 ? Conv2d(inputs, outputs, 1, stride: stride, bias: false) : null;
        Stride = stride;
        this.dropout = dropout;
        RegisterComponents();
    }

    private readonly double dropout;

#pragma warning disable CA2213, IDE1006 // Registered components are disposed by the base class and named by their fields.
    internal readonly BatchNorm2d norm1;
    internal readonly Conv2d conv1;
    internal readonly BatchNorm2d norm2;
    internal readonly Conv2d conv2;
    internal readonly Conv2d? shortcut;
#pragma warning restore CA2213, IDE1006

    /// <summary>Stride of the first convolution and of the shortcut.</summary>
    public int Stride { get; }

    /// <summary>Convolves in the input's type: the weights stay float32 while a mixed-precision training computes in bfloat16.</summary>
    internal static Tensor Convolve(Conv2d layer, Tensor input, int stride = 1)
    {
        var padding = layer.weight!.shape[2] / 2;
        return functional.conv2d(input, layer.weight.to(input.dtype), strides: [stride, stride], padding: [padding, padding]);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // What only this block needs is given back at its end, so that prediction holds one block's tensors, not the network's.
        using var scope = NewDisposeScope();
        var activated = functional.relu(norm1.forward(input));
        var between = functional.relu(norm2.forward(Convolve(conv1, activated, Stride)));
        var residual = Convolve(conv2, dropout > 0 ? functional.dropout(between, dropout, training) : between);
        return (residual + (shortcut is null ? input : Convolve(shortcut, activated, Stride))).MoveToOuterDisposeScope();
    }
}
