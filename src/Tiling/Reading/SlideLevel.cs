namespace IdcFunctions.Tiling.Reading;

/// <summary>A level of a slide's pyramid.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="DownsampleX">Width of one of its pixels in level-0 pixels.</param>
/// <param name="DownsampleY">Height of one of its pixels in level-0 pixels.</param>
/// <param name="Directory">Where it lies in a TIFF; null for what is no TIFF to us.</param>
public sealed record SlideLevel(long Width, long Height, double DownsampleX, double DownsampleY, TiffDirectory? Directory)
{
    /// <summary>Proportions beyond which an image is no level: levels keep the slide's but for rounding.</summary>
    private const double AspectTolerance = 0.02;

    /// <summary>True where it is reduced by one whole number along both sides.</summary>
    public bool IsWhole => DownsampleX == DownsampleY && DownsampleX == Math.Round(DownsampleX);

    /// <summary>A picture, or the full resolution of a TIFF.</summary>
    public static SlideLevel Full(long width, long height, TiffDirectory? directory) => new(width, height, 1, 1, directory);

    /// <summary>
    /// The reduced level that an image is; null where it is none. Scanners reduce by whole numbers and cut or fill the
    /// last pixel: then the whole number is the reduction, and not the ratio of the sizes, which is up to a pixel off at
    /// the far edge.
    /// </summary>
    public static SlideLevel? Reduced(SlideLevel full, long width, long height, TiffDirectory? directory)
    {
        if (width <= 0 || height <= 0 || width >= full.Width || height >= full.Height)
        {
            return null;
        }

        var (x, y) = ((double)full.Width / width, (double)full.Height / height);
        foreach (var whole in new[] { Math.Pow(2, Math.Round(Math.Log2(x))), Math.Round(x) })
        {
            if (IsReduction(full.Width, width, whole) && IsReduction(full.Height, height, whole))
            {
                return new SlideLevel(width, height, whole, whole, directory);
            }
        }

        return Math.Abs((x / y) - 1) < AspectTolerance ? new SlideLevel(width, height, x, y, directory) : null;
    }

    private static bool IsReduction(long full, long reduced, double downsample) =>
        reduced == Math.Floor(full / downsample) || reduced == Math.Ceiling(full / downsample);
}
