using System.Buffers;

namespace IdcFunctions.Tiling;

/// <summary>
/// A patch's sharpness: the variance of the Laplacian (4 neighbours) of its luminance, in grey levels² (Pech-Pacheco et
/// al. 2000). At 4 µm/px it sees what blurs by some micrometres: a slide out of focus, a fold, a bubble.
/// </summary>
public static class PatchSharpness
{
    /// <summary>Measures a patch.</summary>
    /// <param name="patch">uint8 RGB, side × side × 3.</param>
    /// <param name="side">The patch's side in pixels, at least 3.</param>
    public static double Measure(ReadOnlySpan<byte> patch, int side)
    {
        var rented = ArrayPool<float>.Shared.Rent(side * side);
        var luminance = rented.AsSpan(0, side * side);
        for (var i = 0; i < luminance.Length; i++)
        {
            luminance[i] = (0.299f * patch[3 * i]) + (0.587f * patch[(3 * i) + 1]) + (0.114f * patch[(3 * i) + 2]);
        }

        double sum = 0, squares = 0;
        for (var y = 1; y < side - 1; y++)
        {
            for (var x = 1; x < side - 1; x++)
            {
                var at = (y * side) + x;
                var laplacian = luminance[at - 1] + luminance[at + 1] + luminance[at - side] + luminance[at + side] - (4 * luminance[at]);
                sum += laplacian;
                squares += (double)laplacian * laplacian;
            }
        }

        ArrayPool<float>.Shared.Return(rented);
        var count = (side - 2) * (side - 2);
        return (squares / count) - (sum / count * (sum / count));
    }
}
