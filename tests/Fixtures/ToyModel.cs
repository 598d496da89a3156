using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Google.Protobuf;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Onnx;

namespace IdcFunctions.Fixtures;

/// <summary>
/// A model small enough to be made by a test: the darker a patch's red channel, the likelier IDC
/// (P = sigmoid(slope · (0.6 − mean red))). Its artefact passes every check that a trained one passes.
/// </summary>
public sealed class ToyModel
{
    private const int PatchBytes = 50 * 50 * 3;
    private const int Float = 1;
    private const int UInt8 = 2;

    /// <summary>Makes the model.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="slope">How steeply the probability rises; another slope, another graph.</param>
    /// <param name="int8Slope">The slope of the graph that stands for its int8 variant; null for none.</param>
    public ToyModel(string version, float slope = 12, float? int8Slope = null)
    {
        Onnx = MakeOnnx(slope);
        Quantized = int8Slope is { } other ? MakeOnnx(other) : null;
        Golden = [.. Enumerable.Repeat((byte)40, PatchBytes), .. Enumerable.Repeat((byte)153, PatchBytes), .. Enumerable.Repeat((byte)240, PatchBytes)];
        Manifest = new ModelManifest
        {
            SpecVersion = "1.0",
            Architecture = "toy",
            NumClasses = 1,
            PatchSizePixels = 50,
            SpacingUmPx = 4,
            ClassNames = ["IDC"],
            Transform = [new JsonObject { ["name"] = "ToTensor" }],
            ModelName = "toy",
            ModelVersion = version,
            Onnx = new OnnxGraph("model.onnx", Hash(Onnx), "patches", "uint8 NHWC", "prob_IDC")
            {
                Variants = Quantized is null ? null : [new OnnxVariant("int8", "model-int8.onnx", Hash(Quantized), "cpu", 0.05, 0.001)],
            },
            DecisionThreshold = 0.5,
            Resampling = "box",
            Golden = new GoldenPatches("golden.bin", Hash(Golden), [.. new[] { 40, 153, 240 }.Select(red => Probability(red, slope))], 1e-4),
        };
    }

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest { get; init; }

    /// <summary>The graph.</summary>
    public byte[] Onnx { get; }

    /// <summary>The graph of its int8 variant.</summary>
    public byte[]? Quantized { get; }

    /// <summary>The golden patches.</summary>
    public byte[] Golden { get; }

    /// <summary>What the graph answers for a patch of one red value.</summary>
    public static float Probability(double red, float slope) => (float)(1 / (1 + Math.Exp(-slope * (0.6 - (red / 255)))));

    /// <summary>Publishes the model, its manifest last.</summary>
    public async Task PublishAsync(string connection, CancellationToken cancellationToken)
    {
        (string File, byte[]? Content)[] files = [("model.onnx", Onnx), ("model-int8.onnx", Quantized), ("golden.bin", Golden), ("config.json", JsonSerializer.SerializeToUtf8Bytes(Manifest, ModelManifestJson.Default.ModelManifest))];
        foreach (var (file, content) in files.Where(file => file.Content is not null))
        {
            await Container(connection).GetBlobClient(BlobNames.ModelFile("toy", Manifest.ModelVersion, file)).UploadAsync(BinaryData.FromBytes(content!), overwrite: true, cancellationToken);
        }
    }

    /// <summary>Makes it the active one, as the app does.</summary>
    public async Task ActivateAsync(string connection, CancellationToken cancellationToken) =>
        await Container(connection).GetBlobClient(BlobNames.ActiveModel).UploadAsync(
            BinaryData.FromObjectAsJson(new { name = "toy", version = Manifest.ModelVersion }), overwrite: true, cancellationToken);

    private static BlobContainerClient Container(string connection) => new BlobServiceClient(connection).GetBlobContainerClient(Containers.Models);

    private static byte[] MakeOnnx(float slope)
    {
        var graph = new GraphProto { Name = "toy" };
        graph.Input.Add(Value("patches", UInt8, 50, 50, 3));
        graph.Output.Add(Value("prob_IDC", Float, 1));
        graph.Initializer.Add(new TensorProto { Name = "red", DataType = Float, Dims = { 3, 1 }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([-slope / 255, 0, 0])) });
        graph.Initializer.Add(new TensorProto { Name = "bias", DataType = Float, Dims = { 1 }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([0.6f * slope])) });
        graph.Node.Add(Node("Cast", ["patches"], "floats", new AttributeProto { Name = "to", I = Float, Type = AttributeProto.Types.AttributeType.Int }));
        graph.Node.Add(Node("ReduceMean", ["floats"], "means", Ints("axes", 1, 2), new AttributeProto { Name = "keepdims", I = 0, Type = AttributeProto.Types.AttributeType.Int }));
        graph.Node.Add(Node("Gemm", ["means", "red", "bias"], "logits"));
        graph.Node.Add(Node("Sigmoid", ["logits"], "prob_IDC"));
        var model = new ModelProto { IrVersion = 8, ProducerName = "tests", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        return model.ToByteArray();
    }

    private static NodeProto Node(string operation, ImmutableArray<string> inputs, string output, params AttributeProto[] attributes) =>
        new() { Name = output, OpType = operation, Input = { inputs }, Output = { output }, Attribute = { attributes } };

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    private static ValueInfoProto Value(string name, int type, params long[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        dimensions.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions } } };
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
