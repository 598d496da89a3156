using System.Runtime.InteropServices;
using Google.Protobuf;

namespace IdcFunctions.Training.Onnx;

/// <summary>Puts an ONNX graph (opset 17) together: nodes, constants, inputs and outputs, each with a name of its own.</summary>
internal sealed class GraphBuilder
{
    private readonly GraphProto graph = new() { Name = "wide_resnet" };
    private int names;

    /// <summary>Types of tensors by the standard's numbers.</summary>
    public const int Float = 1, UInt8 = 2, Int8 = 3, Int32 = 6, Half = 10;

    /// <summary>The model as it stands.</summary>
    public ModelProto ToModel()
    {
        var model = new ModelProto { IrVersion = 8, ProducerName = "IdcFunctions", ProducerVersion = "1", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        return model;
    }

    /// <summary>Adds an input [N, …].</summary>
    public void Input(string name, int type, params long[] shape) => graph.Input.Add(Tensor(name, type, shape));

    /// <summary>Adds an output [N, …].</summary>
    public void Output(string name, int type, params long[] shape) => graph.Output.Add(Tensor(name, type, shape));

    /// <summary>Adds a node with one output.</summary>
    /// <returns>The output's name.</returns>
    public string Add(string operation, string[] inputs, params AttributeProto[] attributes) => Add(operation, inputs, $"t{names++}", attributes);

    /// <summary>Adds a node whose output has a given name.</summary>
    public string Add(string operation, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { Name = $"n{names++}", OpType = operation };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return output;
    }

    /// <summary>Adds float32 values.</summary>
    public string Constant(float[] values, params long[] shape) => Constant(Float, MemoryMarshal.AsBytes<float>(values), shape);

    /// <summary>Adds values of any type by their bytes.</summary>
    public string Constant(int type, ReadOnlySpan<byte> values, params long[] shape)
    {
        var tensor = new TensorProto { Name = $"c{names++}", DataType = type, RawData = ByteString.CopyFrom(values) };
        tensor.Dims.AddRange(shape);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>An attribute with one integer.</summary>
    public static AttributeProto Attribute(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    /// <summary>An attribute with several integers.</summary>
    public static AttributeProto Attributes(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    /// <summary>A convolution's attributes.</summary>
    public static AttributeProto[] Convolution(int stride, int padding, long kernel, long groups) =>
        [Attributes("strides", stride, stride), Attributes("pads", padding, padding, padding, padding), Attributes("kernel_shape", kernel, kernel), Attribute("group", groups)];

    private static ValueInfoProto Tensor(string name, int type, long[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        dimensions.Dim.AddRange(shape.Select(size => size < 0 ? new TensorShapeProto.Types.Dimension() : new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions } } };
    }
}
