using static TorchSharp.torch;

namespace IdcFunctions.Training.Data;

/// <summary>
/// What tissue looks like from any side, a little further on, and in any laboratory's stain: shift, flips, quarter turns,
/// stain jitter, for each patch by itself. It is drawn by the processor, so that every device gets the same draws, and done
/// where the batch is.
/// </summary>
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
        var x = shift > 0 ? Moved(batch, shift) : batch;
        x = where(Half(batch), x.flip(1), x);
        x = where(Half(batch), x.flip(2), x);
        x = where(Half(batch), x.transpose(1, 2), x).contiguous().to(ScalarType.Float32);
        x = jitter > 0
            ? StainSpace.Vary(x, Around(batch, jitter).add(1), Around(batch, jitter * ShiftOfJitter))
            : x.div(255f);
        return x.permute(0, 3, 1, 2);
    }

    private static Tensor Moved(Tensor batch, int shift)
    {
        var n = batch.shape[0];
        return batch[
            TensorIndex.Tensor(arange(n).view(n, 1, 1).to(batch.device)),
            TensorIndex.Tensor(Reflected(n, batch.shape[1], shift).unsqueeze(2).to(batch.device)),
            TensorIndex.Tensor(Reflected(n, batch.shape[2], shift).unsqueeze(1).to(batch.device))];
    }

    /// <summary>[n, side]: where each line of a moved patch comes from.</summary>
    private static Tensor Reflected(long n, long side, int shift)
    {
        var from = arange(side).add(randint(-shift, shift + 1, [n, 1], dtype: ScalarType.Int64)).abs();
        return minimum(from, from.neg().add(2 * (side - 1)));
    }

    private static Tensor Half(Tensor batch) => rand(batch.shape[0], 1, 1, 1).lt(0.5).to(batch.device);

    private static Tensor Around(Tensor batch, double most) => rand(batch.shape[0], 3).mul(2).sub(1).mul(most).to(batch.device);
}
