using static TorchSharp.torch;

namespace IdcFunctions.Training.Data;

/// <summary>What tissue looks like from any side, a little further on, and in any laboratory's stain: shift, flips, quarter turns, stain jitter, for each patch by itself.</summary>
public static class Augmentation
{
    private const double ShiftOfJitter = 0.2;

    /// <summary>Augments a batch; draws from torch's generator.</summary>
    /// <param name="batch">uint8 [N, 50, 50, 3].</param>
    /// <param name="shift">Most pixels that a patch is moved by, along rows and along columns; what comes in at an edge is its mirror image.</param>
    /// <param name="jitter">How far the amount of a stain is scaled, up and down; a fifth of it is the most that is added (Tellez et al. 2018).</param>
    /// <returns>float32 [N, 3, 50, 50] in [0, 1], channels last in memory.</returns>
    public static Tensor Apply(Tensor batch, int shift, double jitter)
    {
        var n = batch.shape[0];
        var x = shift > 0 ? Moved(batch, shift) : batch;
        x = where(Half(n), x.flip(1), x);
        x = where(Half(n), x.flip(2), x);
        x = where(Half(n), x.transpose(1, 2), x).contiguous().to(ScalarType.Float32);
        x = jitter > 0
            ? StainSpace.Vary(x, Around(n, jitter).add(1), Around(n, jitter * ShiftOfJitter))
            : x.div(255f);
        return x.permute(0, 3, 1, 2);
    }

    private static Tensor Moved(Tensor batch, int shift)
    {
        var n = batch.shape[0];
        return batch[
            TensorIndex.Tensor(arange(n).view(n, 1, 1)),
            TensorIndex.Tensor(Reflected(n, batch.shape[1], shift).unsqueeze(2)),
            TensorIndex.Tensor(Reflected(n, batch.shape[2], shift).unsqueeze(1))];
    }

    /// <summary>[n, side]: where each line of a moved patch comes from.</summary>
    private static Tensor Reflected(long n, long side, int shift)
    {
        var from = arange(side).add(randint(-shift, shift + 1, [n, 1], dtype: ScalarType.Int64)).abs();
        return minimum(from, from.neg().add(2 * (side - 1)));
    }

    private static Tensor Half(long n) => rand(n, 1, 1, 1).lt(0.5);

    private static Tensor Around(long n, double most) => rand(n, 3).mul(2).sub(1).mul(most);
}
