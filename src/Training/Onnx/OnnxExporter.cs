using System.Runtime.InteropServices;
using Google.Protobuf;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using TorchSharp.Modules;
using static TorchSharp.torch;

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

    private const int Float = 1;
    private const int UInt8 = 2;

    private readonly GraphProto graph = new() { Name = "wide_resnet16" };
    private int names;

    /// <summary>Exports the network in evaluation mode.</summary>
    public static byte[] Export(WideResNet network, Calibration calibration)
    {
        var exporter = new OnnxExporter();
        exporter.Build(network, calibration);
        var model = new ModelProto { IrVersion = 8, ProducerName = "IdcFunctions", ProducerVersion = "1", Graph = exporter.graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        return model.ToByteArray();
    }

    private void Build(WideResNet network, Calibration calibration)
    {
        graph.Input.Add(Tensor(Input, UInt8, PatchDataset.Side, PatchDataset.Side, 3));
        graph.Output.Add(Tensor(Output, Float, 1));
        var x = Add("Cast", [Input], Attribute("to", Float));
        x = Add("Mul", [x, Constant([1f / 255f], 1)]);
        x = Add("Transpose", [x], Attribute("perm", 0, 3, 1, 2));

        var first = network.Blocks[0];
        var foldsFirst = first.shortcut is not null;
        x = Convolution(x, network.stem, foldsFirst ? first.norm1 : null, 1, 1);
        for (var i = 0; i < network.Blocks.Count; i++)
        {
            x = Block(x, network.Blocks[i], isNormFolded: i == 0 && foldsFirst);
        }

        x = Add("Relu", [Norm(x, network.norm)]);
        x = Add("Flatten", [Add("GlobalAveragePool", [x])]);
        x = Add("Relu", [Dense(x, Values(network.dense.weight!), Values(network.dense.bias!))]);

        // The calibration is part of the last layer, so the output is the calibrated probability everywhere.
        var weights = Values(network.last.weight!).Select(weight => (float)(weight / calibration.Temperature)).ToArray();
        var bias = Values(network.last.bias!).Select(value => (float)((value / calibration.Temperature) + calibration.Bias)).ToArray();
        Add("Sigmoid", [Dense(x, weights, bias)], Output);
    }

    private string Block(string input, ResidualBlock block, bool isNormFolded)
    {
        var activated = Add("Relu", [isNormFolded ? input : Norm(input, block.norm1)]);
        var x = Add("Relu", [Convolution(activated, block.conv1, block.norm2, block.Stride, 1)]);
        x = Convolution(x, block.conv2, null, 1, 1);
        var shortcut = block.shortcut is null ? input : Convolution(activated, block.shortcut, null, block.Stride, 0);
        return Add("Add", [x, shortcut]);
    }

    private string Convolution(string input, Conv2d convolution, BatchNorm2d? norm, int stride, int padding)
    {
        var weights = Values(convolution.weight!);
        var shape = convolution.weight!.shape;
        var bias = new float[shape[0]];
        if (norm is not null)
        {
            var (scale, shift) = Affine(norm);
            var perOutput = weights.Length / bias.Length;
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] *= scale[i / perOutput];
            }

            bias = shift;
        }

        return Add(
            "Conv",
            [input, Constant(weights, shape), Constant(bias, shape[0])],
            Attribute("strides", stride, stride),
            Attribute("pads", padding, padding, padding, padding),
            Attribute("kernel_shape", shape[2], shape[3]));
    }

    private string Norm(string input, BatchNorm2d norm)
    {
        var channels = norm.weight!.shape[0];
        return Add(
            "BatchNormalization",
            [
                input, Constant(Values(norm.weight), channels), Constant(Values(norm.bias!), channels),
                Constant(Values(norm.running_mean!), channels), Constant(Values(norm.running_var!), channels),
            ],
            new AttributeProto { Name = "epsilon", F = (float)norm.eps, Type = AttributeProto.Types.AttributeType.Float });
    }

    private string Dense(string input, float[] weights, float[] bias) =>
        Add("Gemm", [input, Constant(weights, bias.Length, weights.Length / bias.Length), Constant(bias, bias.Length)], Attribute("transB", 1));

    /// <summary>A norm as value · scale + shift.</summary>
    private static (float[] Scale, float[] Shift) Affine(BatchNorm2d norm)
    {
        var (weight, bias, mean, variance) = (Values(norm.weight!), Values(norm.bias!), Values(norm.running_mean!), Values(norm.running_var!));
        var scale = weight.Select((value, i) => (float)(value / Math.Sqrt(variance[i] + norm.eps))).ToArray();
        return (scale, [.. bias.Select((value, i) => value - (mean[i] * scale[i]))]);
    }

    private static float[] Values(Tensor tensor) => tensor.detach().cpu().contiguous().data<float>().ToArray();

    private string Constant(float[] values, params long[] shape)
    {
        var tensor = new TensorProto { Name = $"c{names++}", DataType = Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.AddRange(shape);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private string Add(string operation, string[] inputs, params AttributeProto[] attributes) => Add(operation, inputs, $"t{names++}", attributes);

    private string Add(string operation, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { Name = $"n{names++}", OpType = operation };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return output;
    }

    private static AttributeProto Attribute(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    private static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private static ValueInfoProto Tensor(string name, int type, params long[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        dimensions.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions } } };
    }
}
