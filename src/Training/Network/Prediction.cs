using IdcFunctions.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace IdcFunctions.Training.Network;

/// <summary>Runs a network over patches without training it.</summary>
public static class Prediction
{
    private const int PatchesAtOnce = 256;

    /// <summary>The logits of patches, uint8 NHWC.</summary>
    public static float[] Logits(WideResNet network, byte[] pixels)
    {
        using var noGradients = no_grad();
        network.eval();
        var count = pixels.Length / PatchDataset.PatchBytes;
        var logits = new float[count];
        for (var start = 0; start < count; start += PatchesAtOnce)
        {
            using var scope = NewDisposeScope();
            var n = Math.Min(PatchesAtOnce, count - start);
            var part = pixels.AsSpan(start * PatchDataset.PatchBytes, n * PatchDataset.PatchBytes).ToArray();
            var batch = torch.tensor(part, [n, PatchDataset.Side, PatchDataset.Side, 3], dtype: ScalarType.Byte, device: network.Device);
            var inputs = batch.permute(0, 3, 1, 2).to(ScalarType.Float32).div_(255f).contiguous();
            network.forward(inputs).cpu().data<float>().ToArray().CopyTo(logits, start);
        }

        return logits;
    }
}
