namespace IdcFunctions.Slides.Training;

/// <summary>A part of the network, as it is shown.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Group">Its group of residual blocks, 1 to 3; 0 outside them.</param>
/// <param name="Channels">Channels of its output.</param>
/// <param name="SidePixels">Side of its output in pixels; 1 where there is no place any more.</param>
/// <param name="Parameters">Weights that are trained.</param>
/// <param name="Gflop">Billions of operations of its convolutions and products for one patch; a multiplication and its addition are two.</param>
public sealed record NetworkLayer(string Name, int Group, int Channels, int SidePixels, long Parameters, double Gflop)
{
    private const int Kernel = 9;
    private const int InputSide = 50;

    /// <summary>The layers of a network, from the patch to the logit.</summary>
    public static IReadOnlyList<NetworkLayer> Of(NetworkShape shape)
    {
        int[] channels = [16, 16 * shape.Width, 32 * shape.Width, 64 * shape.Width];
        var side = InputSide;
        List<NetworkLayer> layers = [Convolution("3×3 convolution", 0, 3, channels[0], side)];
        for (var group = 1; group < channels.Length; group++)
        {
            for (var block = 0; block < shape.BlocksPerGroup; block++)
            {
                var inputs = channels[block == 0 ? group - 1 : group];
                side = block == 0 && group > 1 ? (side + 1) / 2 : side;
                layers.Add(Block($"residual block {group}.{block + 1}", group, inputs, channels[group], side, hasShortcut: inputs != channels[group] || (block == 0 && group > 1)));
            }
        }

        layers.Add(new NetworkLayer("norm, ReLU, mean over the patch", 0, channels[3], 1, 2 * channels[3], 0));
        layers.Add(Dense($"dense, ReLU", channels[3], shape.DenseUnits));
        layers.Add(Dense("dense, sigmoid: probability of IDC", shape.DenseUnits, 1));
        return layers;
    }

    private static NetworkLayer Convolution(string name, int group, int inputs, int outputs, int side)
    {
        long weights = Kernel * inputs * outputs;
        return new NetworkLayer(name, group, outputs, side, weights, GflopOf(weights * side * side));
    }

    private static NetworkLayer Block(string name, int group, int inputs, int outputs, int side, bool hasShortcut)
    {
        var weights = ((long)Kernel * outputs * (inputs + outputs)) + (hasShortcut ? (long)inputs * outputs : 0);
        return new NetworkLayer(name, group, outputs, side, weights + (2 * inputs) + (2 * outputs), GflopOf(weights * side * side));
    }

    private static NetworkLayer Dense(string name, int inputs, int outputs) =>
        new(name, 0, outputs, 1, ((long)inputs * outputs) + outputs, GflopOf((long)inputs * outputs));

    private static double GflopOf(long products) => 2 * products / 1e9;
}
