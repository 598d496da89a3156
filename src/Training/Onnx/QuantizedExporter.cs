using System.Runtime.InteropServices;
using Google.Protobuf;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using Microsoft.ML.OnnxRuntime;
using TorchSharp.Modules;

namespace IdcFunctions.Training.Onnx;

/// <summary>
/// Writes a network as int8 ONNX in the one form that ONNX Runtime's CPU kernels are fast in: Q/DQ at every convolution's
/// output and at the residual sum, uint8 activations, int8 weights with a scale a channel, norms folded or written as
/// 1×1 depthwise convolutions. A ReLU is no node: quantising to uint8 with zero point 0 cuts what is below 0. Pool and dense
/// layers stay float32.
/// </summary>
public sealed class QuantizedExporter
{
    private const int PatchesAtOnce = 32;
    private const float LargestBias = 1 << 30;

    private readonly GraphBuilder graph = new();
    private readonly Dictionary<string, float> scaleOf = [];
    private readonly List<string> points = [];
    private readonly IReadOnlyDictionary<string, (float Low, float High)>? ranges;

    private QuantizedExporter(IReadOnlyDictionary<string, (float Low, float High)>? ranges) => this.ranges = ranges;

    /// <summary>Measures the activations' ranges on patches and exports.</summary>
    /// <param name="network">The network.</param>
    /// <param name="calibration">Its calibration, folded into the last layer.</param>
    /// <param name="pixels">Training patches, uint8 NHWC; a few hundred of both classes.</param>
    public static byte[] Export(WideResNet network, Calibration calibration, byte[] pixels)
    {
        var observed = new QuantizedExporter(null);
        observed.Build(network, calibration);
        var ranges = Observe(observed.graph.ToModel().ToByteArray(), observed.points, pixels);
        var quantized = new QuantizedExporter(ranges);
        quantized.Build(network, calibration);
        return quantized.graph.ToModel().ToByteArray();
    }

    /// <summary>The mean over batches of a point's least and greatest value: one odd patch does not stretch the range of all.</summary>
    private static Dictionary<string, (float Low, float High)> Observe(byte[] onnx, List<string> points, byte[] pixels)
    {
        using var session = new InferenceSession(onnx);
        using var run = new RunOptions();
        var sums = points.ToDictionary(point => point, _ => (Low: 0f, High: 0f));
        var batches = 0;
        foreach (var batch in pixels.Chunk(PatchesAtOnce * PatchDataset.PatchBytes))
        {
            using var input = OrtValue.CreateTensorValueFromMemory(batch, [batch.Length / PatchDataset.PatchBytes, PatchDataset.Side, PatchDataset.Side, 3]);
            using var outputs = session.Run(run, [OnnxExporter.Input], [input], points);
            foreach (var (index, point) in points.Index())
            {
                var values = outputs[index].GetTensorDataAsSpan<float>();
                var (low, high) = sums[point];
                sums[point] = (low + System.Numerics.Tensors.TensorPrimitives.Min(values), high + System.Numerics.Tensors.TensorPrimitives.Max(values));
            }

            batches++;
        }

        return sums.ToDictionary(item => item.Key, item => (item.Value.Low / batches, item.Value.High / batches));
    }

    private void Build(WideResNet network, Calibration calibration)
    {
        graph.Input(OnnxExporter.Input, GraphBuilder.UInt8, PatchDataset.Side, PatchDataset.Side, 3);
        graph.Output(OnnxExporter.Output, GraphBuilder.Float, 1);
        var x = graph.Add("Transpose", [OnnxExporter.Input], GraphBuilder.Attributes("perm", 0, 3, 1, 2));
        x = Dequantize(x, 1f / 255f, 0);

        var first = network.Blocks[0];
        var isFirstFolded = first.shortcut is not null;
        x = Point(Convolution(x, network.stem, isFirstFolded ? first.norm1 : null, 1, 1), isActivated: isFirstFolded);
        for (var i = 0; i < network.Blocks.Count; i++)
        {
            x = Block(x, network.Blocks[i], isActivated: i == 0 && isFirstFolded);
        }

        OnnxExporter.AddHead(graph, Activate(x, network.norm), network, calibration);
    }

    private string Block(string input, ResidualBlock block, bool isActivated)
    {
        var activated = isActivated ? input : Activate(input, block.norm1);
        var x = Point(Convolution(activated, block.conv1, block.norm2, block.Stride, 1), isActivated: true);
        x = Point(Convolution(x, block.conv2, null, 1, 1), isActivated: false);
        var shortcut = block.shortcut is null ? input : Point(Convolution(activated, block.shortcut, null, block.Stride, 0), isActivated: false);
        return Point(graph.Add("Add", [x, shortcut]), isActivated: false);
    }

    /// <summary>A norm that can't be folded, and ReLU.</summary>
    private string Activate(string input, BatchNorm2d norm)
    {
        var (scale, shift) = Parameters.Affine(norm);
        return Point(Convolve(input, scale, [scale.Length, 1, 1, 1], shift, 1, 0, groups: scale.Length), isActivated: true);
    }

    private string Convolution(string input, Conv2d convolution, BatchNorm2d? norm, int stride, int padding)
    {
        var (weights, bias) = Parameters.Folded(convolution, norm);
        return Convolve(input, weights, convolution.weight!.shape, bias, stride, padding, groups: 1);
    }

    private string Convolve(string input, float[] weights, long[] shape, float[] bias, int stride, int padding, long groups)
    {
        var attributes = GraphBuilder.Convolution(stride, padding, shape[2], groups);
        if (ranges is null)
        {
            return graph.Add("Conv", [input, graph.Constant(weights, shape), graph.Constant(bias, bias.Length)], attributes);
        }

        var perOutput = weights.Length / bias.Length;

        // The bias is an int32 of the weights' scale times the input's, and the sums that it is added to are int32 too: it must
        // fit where the weights are next to 0. They lose nothing that shows beside such a bias.
        var scales = weights.Chunk(perOutput).Zip(bias, (channel, added) => Math.Max(Math.Max(1e-8f, channel.Max(Math.Abs) / 127), Math.Abs(added) / (LargestBias * scaleOf[input]))).ToArray();
        var quantized = weights.Select((weight, i) => (sbyte)Math.Clamp(MathF.Round(weight / scales[i / perOutput]), -127, 127)).ToArray();
        var biasScales = scales.Select(scale => scale * scaleOf[input]).ToArray();
        var quantizedBias = bias.Select((value, i) => (int)Math.Round((double)value / biasScales[i])).ToArray();
        return graph.Add(
            "Conv",
            [
                input,
                DequantizeConstant(graph.Constant(GraphBuilder.Int8, MemoryMarshal.AsBytes<sbyte>(quantized), shape), scales, GraphBuilder.Int8, new byte[scales.Length]),
                DequantizeConstant(graph.Constant(GraphBuilder.Int32, MemoryMarshal.AsBytes<int>(quantizedBias), bias.Length), biasScales, GraphBuilder.Int32, new byte[scales.Length * sizeof(int)]),
            ],
            attributes);
    }

    private string DequantizeConstant(string constant, float[] scales, int type, byte[] zeros) =>
        graph.Add("DequantizeLinear", [constant, graph.Constant(scales, scales.Length), graph.Constant(type, zeros, scales.Length)], GraphBuilder.Attribute("axis", 0));

    /// <summary>Where activations are rounded to 8 bits; while ranges are observed, an output of the graph.</summary>
    private string Point(string tensor, bool isActivated)
    {
        var name = $"point{points.Count}";
        points.Add(name);
        if (ranges is null)
        {
            graph.Output(name, GraphBuilder.Float, -1, -1, -1);
            return graph.Add(isActivated ? "Relu" : "Identity", [tensor], name);
        }

        var (low, high) = (Math.Min(0, ranges[name].Low), Math.Max(0, ranges[name].High));
        var scale = Math.Max(1e-8f, (high - low) / 255);
        var zero = (byte)Math.Clamp(MathF.Round(-low / scale), 0, 255);
        var rounded = graph.Add("QuantizeLinear", [tensor, graph.Constant([scale]), graph.Constant(GraphBuilder.UInt8, [zero])]);
        return Dequantize(rounded, scale, zero);
    }

    private string Dequantize(string tensor, float scale, byte zero)
    {
        var name = graph.Add("DequantizeLinear", [tensor, graph.Constant([scale]), graph.Constant(GraphBuilder.UInt8, [zero])]);
        scaleOf[name] = scale;
        return name;
    }
}
