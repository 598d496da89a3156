using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace IdcFunctions.Training.Network;

/// <summary>
/// The seed article's network: a pre-activation wide residual network (Zagoruyko and Komodakis 2016), then a dense layer
/// with ReLU and Dense(1). Takes float32 or bfloat16 [N, 3, 50, 50] in [0, 1], gives float32 logits [N].
/// </summary>
public sealed class WideResNet : Module<Tensor, Tensor>
{
    private const int Groups = 3;

    private readonly NetworkShape shape;
    private int frozen;

    /// <summary>Makes a network with random weights.</summary>
    public WideResNet(NetworkShape shape)
        : base("wide_resnet")
    {
        this.shape = shape;
        int[] channels = [16, 16 * shape.Width, 32 * shape.Width, 64 * shape.Width];
        stem = Conv2d(3, channels[0], 3, padding: 1, bias: false);
        var blocks = new List<ResidualBlock>();
        for (var group = 1; group <= Groups; group++)
        {
            for (var block = 0; block < shape.BlocksPerGroup; block++)
            {
                var isFirst = block == 0;
                blocks.Add(new ResidualBlock(channels[isFirst ? group - 1 : group], channels[group], isFirst && group > 1 ? 2 : 1, shape.Dropout));
            }
        }

        Blocks = blocks;
        this.blocks = ModuleList(blocks.ToArray<Module<Tensor, Tensor>>());
        norm = BatchNorm2d(channels[3]);
        dense = Linear(channels[3], shape.DenseUnits);
        last = Linear(shape.DenseUnits, 1);
        RegisterComponents();
    }

#pragma warning disable CA2213, IDE1006 // Registered components are disposed by the base class and named by their fields.
    internal readonly Conv2d stem;
    private readonly ModuleList<Module<Tensor, Tensor>> blocks;
    internal readonly BatchNorm2d norm;
    internal readonly Linear dense;
    internal readonly Linear last;
#pragma warning restore CA2213, IDE1006

    /// <summary>The residual blocks in order.</summary>
    internal IReadOnlyList<ResidualBlock> Blocks { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => stem.weight!.device;

    /// <summary>A network of its own with the same weights on the same device, in evaluation mode.</summary>
    public WideResNet Copy() => Copy(shape);

    /// <summary>The same, with the dropout of another shape that is otherwise this one's.</summary>
    public WideResNet Copy(NetworkShape other)
    {
        using var noGradients = no_grad();
        var copy = new WideResNet(other).to(Device);
        copy.load_state_dict(state_dict());
        copy.eval();
        return copy;
    }

    /// <summary>
    /// Takes saved weights into the tensors that are there: TorchSharp's own load gives a network on a GPU new ones, and
    /// its optimizer would go on with the old.
    /// </summary>
    /// <exception cref="ArgumentException">They are of another network.</exception>
    public void Restore(Stream weights)
    {
        using var noGradients = no_grad();
        using var saved = new WideResNet(shape);
        saved.load(weights);
        load_state_dict(saved.state_dict());
    }

    /// <summary>Keeps the first convolution and the first groups of blocks as they are, their norms' statistics too.</summary>
    /// <param name="groups">Groups to freeze, 0 to 3; 0 freezes nothing, not even the first convolution.</param>
    public void Freeze(int groups)
    {
        frozen = groups;
        foreach (var parameter in Frozen.SelectMany(module => module.parameters()))
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>Training mode, but for what is frozen.</summary>
    public void TrainMode()
    {
        train();
        foreach (var module in Frozen)
        {
            module.eval();
        }
    }

    private IEnumerable<Module<Tensor, Tensor>> Frozen => frozen == 0 ? [] : Blocks.Take(frozen * shape.BlocksPerGroup).Prepend<Module<Tensor, Tensor>>(stem);

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
