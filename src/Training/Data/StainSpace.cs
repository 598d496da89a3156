using static TorchSharp.torch;

namespace IdcFunctions.Training.Data;

/// <summary>
/// Colours as amounts of stain. Light through two stains is multiplied, so optical densities add up: density = amounts ·
/// vectors (Ruifrok and Johnston 2001, whose vectors these are, normalised). The third takes what is neither
/// haematoxylin nor eosin.
/// </summary>
public static class StainSpace
{
    private static readonly double[,] Vectors =
    {
        { 0.65, 0.70, 0.29 }, // haematoxylin
        { 0.07, 0.99, 0.11 }, // eosin
        { 0.27, 0.57, 0.78 }, // the rest; DAB's vector
    };

    /// <summary>Scales and shifts the amount of each stain, for each patch by itself; density below 0 becomes clear glass.</summary>
    /// <param name="pixels">float32 [N, H, W, 3], RGB from 0 to 255.</param>
    /// <param name="scale">[N, 3]: factor of each stain's amount.</param>
    /// <param name="shift">[N, 3]: added to each stain's amount.</param>
    /// <returns>float32 [N, H, W, 3] in [0, 1].</returns>
    public static Tensor Vary(Tensor pixels, Tensor scale, Tensor shift)
    {
        var normalised = Normalised();
        var stain = normalised.to(pixels.device).unsqueeze(0);

        // density · V⁻¹ · diag(scale) · V + shift · V: one 3×3 matrix a patch.
        var mix = normalised.inverse().to(pixels.device).unsqueeze(0).mul(scale.unsqueeze(1)).matmul(stain);
        var offset = shift.unsqueeze(1).matmul(stain);
        var density = pixels.add(1).div(256).log10().neg().flatten(1, 2);
        return density.matmul(mix).add(offset).clamp_min(0).mul(-Math.Log(10)).exp().view(pixels.shape);
    }

    private static Tensor Normalised()
    {
        var vectors = tensor(Vectors, dtype: ScalarType.Float32);
        return vectors.div(vectors.square().sum(1, keepdim: true).sqrt());
    }
}
