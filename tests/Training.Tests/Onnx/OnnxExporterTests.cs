using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Onnx;
using Microsoft.ML.OnnxRuntime;

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
