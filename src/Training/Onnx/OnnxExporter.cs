using Google.Protobuf;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using TorchSharp.Modules;

namespace IdcFunctions.Training.Onnx;

/// <summary>
/// Writes a network as ONNX (opset 17, fp32): uint8 [N, 50, 50, 3] in, calibrated probability [N, 1] out, preprocessing
/// in the graph. A norm whose convolution nothing else reads is folded into it; the pre-activation norms stay.
/// </summary>
public sealed class OnnxExporter
{
    /// <summary>The input's name.</summary>
    public const string Input = "patches";

    /// <summary>The output's name.</summary>
    public const string Output = "prob_IDC";

    private readonly GraphBuilder graph = new();

    /// <summary>Exports the network in evaluation mode.</summary>
    public static byte[] Export(WideResNet network, Calibration calibration) => Model(network, calibration).ToByteArray();

    /// <summary>The same in half precision, for GPUs: constants and computation are float16, the output float32.</summary>
    public static byte[] ExportHalf(WideResNet network, Calibration calibration) => HalfPrecision.Of(Model(network, calibration)).ToByteArray();

    private static ModelProto Model(WideResNet network, Calibration calibration)
    {
        var exporter = new OnnxExporter();
        exporter.Build(network, calibration);
        return exporter.graph.ToModel();
    }

    private void Build(WideResNet network, Calibration calibration)
    {
        graph.Input(Input, GraphBuilder.UInt8, PatchDataset.Side, PatchDataset.Side, 3);
        graph.Output(Output, GraphBuilder.Float, 1);
        var x = graph.Add("Cast", [Input], GraphBuilder.Attribute("to", GraphBuilder.Float));
        x = graph.Add("Mul", [x, graph.Constant([1f / 255f], 1)]);
        x = graph.Add("Transpose", [x], GraphBuilder.Attributes("perm", 0, 3, 1, 2));

        var first = network.Blocks[0];
        var foldsFirst = first.shortcut is not null;
        x = Convolution(x, network.stem, foldsFirst ? first.norm1 : null, 1, 1);
        for (var i = 0; i < network.Blocks.Count; i++)
        {
            x = Block(x, network.Blocks[i], isNormFolded: i == 0 && foldsFirst);
        }

        AddHead(graph, graph.Add("Relu", [Norm(x, network.norm)]), network, calibration);
    }

    /// <summary>
    /// Adds what comes after the last activation: pool, dense layers, and the calibration, which is part of the last
    /// layer, so the output is the calibrated probability everywhere.
    /// </summary>
    internal static void AddHead(GraphBuilder graph, string activated, WideResNet network, Calibration calibration)
    {
        var x = graph.Add("Flatten", [graph.Add("GlobalAveragePool", [activated])]);
        x = graph.Add("Relu", [Dense(x, Parameters.Values(network.dense.weight!), Parameters.Values(network.dense.bias!))]);
        var weights = Parameters.Values(network.last.weight!).Select(weight => (float)(weight / calibration.Temperature)).ToArray();
        var bias = Parameters.Values(network.last.bias!).Select(value => (float)((value / calibration.Temperature) + calibration.Bias)).ToArray();
        graph.Add("Sigmoid", [Dense(x, weights, bias)], Output);

        string Dense(string input, float[] matrix, float[] offsets) =>
            graph.Add("Gemm", [input, graph.Constant(matrix, offsets.Length, matrix.Length / offsets.Length), graph.Constant(offsets, offsets.Length)], GraphBuilder.Attribute("transB", 1));
    }

    private string Block(string input, ResidualBlock block, bool isNormFolded)
    {
        var activated = graph.Add("Relu", [isNormFolded ? input : Norm(input, block.norm1)]);
        var x = graph.Add("Relu", [Convolution(activated, block.conv1, block.norm2, block.Stride, 1)]);
        x = Convolution(x, block.conv2, null, 1, 1);
        var shortcut = block.shortcut is null ? input : Convolution(activated, block.shortcut, null, block.Stride, 0);
        return graph.Add("Add", [x, shortcut]);
    }

    private string Convolution(string input, Conv2d convolution, BatchNorm2d? norm, int stride, int padding)
    {
        var (weights, bias) = Parameters.Folded(convolution, norm);
        var shape = convolution.weight!.shape;
        return graph.Add("Conv", [input, graph.Constant(weights, shape), graph.Constant(bias, shape[0])], GraphBuilder.Convolution(stride, padding, shape[2], 1));
    }

    private string Norm(string input, BatchNorm2d norm)
    {
        var channels = norm.weight!.shape[0];
        return graph.Add(
            "BatchNormalization",
            [
                input, graph.Constant(Parameters.Values(norm.weight), channels), graph.Constant(Parameters.Values(norm.bias!), channels),
                graph.Constant(Parameters.Values(norm.running_mean!), channels), graph.Constant(Parameters.Values(norm.running_var!), channels),
            ],
            new AttributeProto { Name = "epsilon", F = (float)norm.eps, Type = AttributeProto.Types.AttributeType.Float });
    }
}
