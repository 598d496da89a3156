using static TorchSharp.torch;

namespace IdcFunctions.Training.Data;

/// <summary>What tissue looks like from any side and in any laboratory's stain: flips, rotations, colour jitter.</summary>
public static class Augmentation
{
    /// <summary>Augments a batch.</summary>
    /// <param name="batch">uint8 [N, 50, 50, 3].</param>
    /// <param name="jitter">How far a channel's density (1 − value) is scaled; the shift is a third of it.</param>
    /// <param name="order">Source of the batch's orientation.</param>
    /// <returns>float32 [N, 3, 50, 50] in about [0, 1].</returns>
    public static Tensor Apply(Tensor batch, double jitter, Random order)
    {
        var x = batch.permute(0, 3, 1, 2).to(ScalarType.Float32).div_(255f);
        var n = x.shape[0];
        if (order.Next(2) == 1)
        {
            x = x.flip(2);
        }

        if (order.Next(2) == 1)
        {
            x = x.flip(3);
        }

        if (order.Next(2) == 1)
        {
            x = x.transpose(2, 3);
        }

        if (jitter > 0)
        {
            // White (1) is glass and stays glass: only the density of the stain is scaled.
            var scale = rand(n, 3, 1, 1).mul(2).sub(1).mul(jitter).add(1);
            var shift = rand(n, 3, 1, 1).mul(2).sub(1).mul(jitter / 3);
            x = x.sub(1).mul(scale).add(1).add(shift);
        }

        return x.contiguous();
    }
}
