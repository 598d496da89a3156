using System.Runtime.InteropServices;
using Google.Protobuf;

namespace IdcFunctions.Training.Onnx;

/// <summary>Makes a float16 graph of a float32 one.</summary>
internal static class HalfPrecision
{
    /// <summary>Turns constants and casts to float16; a cast before each output keeps it float32.</summary>
    public static ModelProto Of(ModelProto model)
    {
        var half = model.Clone();
        foreach (var constant in half.Graph.Initializer.Where(tensor => tensor.DataType == GraphBuilder.Float))
        {
            var values = MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray().Select(value => (Half)value).ToArray();
            constant.DataType = GraphBuilder.Half;
            constant.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(values));
        }

        foreach (var cast in half.Graph.Node.Where(node => node.OpType == "Cast"))
        {
            cast.Attribute.Single(attribute => attribute.Name == "to").I = GraphBuilder.Half;
        }

        foreach (var output in half.Graph.Output)
        {
            var node = half.Graph.Node.Single(node => node.Output[0] == output.Name);
            node.Output[0] = $"{output.Name}_half";
            half.Graph.Node.Add(new NodeProto { Name = $"{output.Name}_cast", OpType = "Cast", Input = { node.Output[0] }, Output = { output.Name }, Attribute = { GraphBuilder.Attribute("to", GraphBuilder.Float) } });
        }

        return half;
    }
}
