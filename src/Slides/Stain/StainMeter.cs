namespace IdcFunctions.Slides.Stain;

/// <summary>
/// Adds pixels up to a <see cref="StainProfile"/>. Pixels with a mean density below <see cref="MinDensity"/> are left out,
/// as Macenko et al. 2009 do: their hue is noise.
/// </summary>
public sealed class StainMeter
{
    /// <summary>Least mean density of a stained pixel (Macenko's β).</summary>
    public const double MinDensity = 0.15;

    private static readonly double[] DensityOf = [.. Enumerable.Range(0, 256).Select(value => -Math.Log10((value + 1) / 256.0))];

    private double redShares;
    private double blueShares;
    private double densities;
    private long pixels;

    /// <summary>Adds pixels.</summary>
    /// <param name="rgb">uint8 RGB.</param>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        for (var i = 0; i + 2 < rgb.Length; i += 3)
        {
            double red = DensityOf[rgb[i]], blue = DensityOf[rgb[i + 2]];
            var sum = red + DensityOf[rgb[i + 1]] + blue;
            if (sum >= 3 * MinDensity)
            {
                redShares += red / sum;
                blueShares += blue / sum;
                densities += sum / 3;
                pixels++;
            }
        }
    }

    /// <summary>Adds what another meter has added up.</summary>
    public void Add(StainMeter other)
    {
        redShares += other.redShares;
        blueShares += other.blueShares;
        densities += other.densities;
        pixels += other.pixels;
    }

    /// <summary>The profile; null where no pixel was stained.</summary>
    public StainProfile? ToProfile() => pixels == 0 ? null : new StainProfile(redShares / pixels, blueShares / pixels, densities / pixels, pixels);
}
