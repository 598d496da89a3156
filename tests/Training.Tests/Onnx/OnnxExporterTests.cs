using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Onnx;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Onnx;

public sealed class OnnxExporterTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    // At k = 1 the first block adds its input itself, so that the norm before it can't be folded; at k = 2 it is.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_graph_answers_as_the_network_does(int width)
    {
        using var network = TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options(width));
        var state = network.state_dict();
        Assert.DoesNotContain(state["norm.running_mean"].data<float>().ToArray(), value => value == 0);
        Assert.DoesNotContain(state["norm.running_var"].data<float>().ToArray(), value => value == 1);
        var pixels = Noise(20);
        var logits = Prediction.Logits(network, pixels);

        foreach (var calibration in (Calibration[])[new(1, 0), new(0.4, -0.7), new(3, 1.5)])
        {
            var expected = logits.Select(logit => 1 / (1 + Math.Exp(-((logit / calibration.Temperature) + calibration.Bias)))).ToArray();
            var actual = Answers(OnnxExporter.Export(network, calibration), pixels);

            // The same float32 arithmetic in another order.
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }
    }

    /// <summary>float16 has 11 bits of mantissa, 0.05 % a value, and rounding adds up over 16 layers.</summary>
    [Fact]
    public void The_half_precision_graph_answers_as_the_network_does_to_a_hundredth()
    {
        using var network = TrainedNetwork.Train(TrainedNetwork.Patches(temporary), TrainedNetwork.Options(2));
        var calibration = new Calibration(0.4, -0.7);

        var half = Answers(OnnxExporter.ExportHalf(network, calibration), Noise(20));

        Assert.All(Answers(OnnxExporter.Export(network, calibration), Noise(20)).Zip(half), pair => Assert.Equal(pair.First, pair.Second, 1e-2));
        Assert.True(OnnxExporter.ExportHalf(network, calibration).Length < 0.6 * OnnxExporter.Export(network, calibration).Length);
    }

    // At k = 1 the first block's norm is a depthwise convolution, at k = 2 it is folded into the first convolution.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_int8_graph_answers_as_the_network_does_on_patches_like_those_its_ranges_were_measured_on(int width)
    {
        var patches = TrainedNetwork.Patches(temporary);
        using var network = TrainedNetwork.Train(patches, TrainedNetwork.Options(width, epochs: 3));
        var calibration = new Calibration(1, 0);

        var quantized = QuantizedExporter.Export(network, calibration, patches.Pixels);

        // 8 bits of range an activation, 0.4 %, and a logit adds up over 16 layers.
        Assert.All(Answers(OnnxExporter.Export(network, calibration), patches.Pixels).Zip(Answers(quantized, patches.Pixels)), pair => Assert.Equal(pair.First, pair.Second, 0.05));
        Assert.True(quantized.Length < 0.4 * OnnxExporter.Export(network, calibration).Length);
    }

    /// <summary>Weight decay takes filters to 0. The scale of their bias was then so small that int32 ended at about 0.2, whatever the norm after them added.</summary>
    [Fact]
    public void A_filter_of_zeros_keeps_its_bias_in_int8()
    {
        var patches = TrainedNetwork.Patches(temporary);
        using var network = TrainedNetwork.Train(patches, TrainedNetwork.Options(1, epochs: 3));
        using (torch.no_grad())
        {
            foreach (var (name, tensor) in network.state_dict())
            {
                _ = name.EndsWith("conv1.weight", StringComparison.Ordinal) || name.EndsWith("norm2.running_mean", StringComparison.Ordinal) ? tensor.zero_()
                    : name.EndsWith("norm2.bias", StringComparison.Ordinal) ? tensor.fill_(1)
                    : tensor;
            }
        }

        var calibration = new Calibration(1, 0);

        var quantized = QuantizedExporter.Export(network, calibration, patches.Pixels);

        Assert.All(Answers(OnnxExporter.Export(network, calibration), patches.Pixels).Zip(Answers(quantized, patches.Pixels)), pair => Assert.Equal(pair.First, pair.Second, 0.05));
    }

    [Fact]
    public void Exporting_twice_gives_the_same_bytes()
    {
        using var network = new WideResNet(new NetworkShape(1));

        Assert.Equal(OnnxExporter.Export(network, new Calibration(2, 1)), OnnxExporter.Export(network, new Calibration(2, 1)));
    }

    private static float[] Answers(byte[] onnx, byte[] pixels)
    {
        using var session = new InferenceSession(onnx);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [pixels.Length / PatchDataset.PatchBytes, 50, 50, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [OnnxExporter.Input], [input], [OnnxExporter.Output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static byte[] Noise(int patches)
    {
        var pixels = new byte[patches * PatchDataset.PatchBytes];
        new Random(9).NextBytes(pixels);
        return pixels;
    }
}
