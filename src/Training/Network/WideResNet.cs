using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IdcFunctions.Training.Network;

/// <summary>
/// The seed article's network: a pre-activation wide residual network of depth 16 (Zagoruyko and Komodakis 2016), then
/// Dense(20, ReLU) and Dense(1). Takes float32 or bfloat16 [N, 3, 50, 50] in [0, 1], gives float32 logits [N]; all of it is trainable.
/// </summary>
public sealed class WideResNet : Module<Tensor, Tensor>
{
    /// <summary>Units of the dense layer before the last.</summary>
    public const int DenseUnits = 20;

    /// <summary>Makes a network with random weights.</summary>
    /// <param name="width">The widening factor k.</param>
    public WideResNet(int width)
        : base("wide_resnet16")
    {
        int[] channels = [16, 16 * width, 32 * width, 64 * width];
        stem = Conv2d(3, channels[0], 3, padding: 1, bias: false);
        var blocks = new List<ResidualBlock>();
        for (var group = 1; group <= 3; group++)
        {
            blocks.Add(new ResidualBlock(channels[group - 1], channels[group], group == 1 ? 1 : 2));
            blocks.Add(new ResidualBlock(channels[group], channels[group], 1));
        }

        Blocks = blocks;
        this.blocks = ModuleList(blocks.ToArray<Module<Tensor, Tensor>>());
        norm = BatchNorm2d(channels[3]);
        dense = Linear(channels[3], DenseUnits);
        last = Linear(DenseUnits, 1);
        RegisterComponents();
    }

#pragma warning disable CA2213, IDE1006 // Registered components are disposed by the base class and named by their fields.
    internal readonly Conv2d stem;
    private readonly ModuleList<Module<Tensor, Tensor>> blocks;
    internal readonly BatchNorm2d norm;
    internal readonly Linear dense;
    internal readonly Linear last;
#pragma warning restore CA2213, IDE1006

    /// <summary>The six residual blocks in order.</summary>
    internal IReadOnlyList<ResidualBlock> Blocks { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = ResidualBlock.Convolve(stem, input);
        foreach (var block in Blocks)
        {
            x = block.forward(x);
        }

        x = functional.relu(norm.forward(x)).mean([2, 3]).to(ScalarType.Float32);
        x = last.forward(functional.relu(dense.forward(x))).squeeze(1);
        return x.MoveToOuterDisposeScope();
    }
}
