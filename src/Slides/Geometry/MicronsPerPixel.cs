using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Geometry;

/// <summary>
/// Spacing of pixels in micrometres per pixel, in (0.01, 1000): outside it no microscope's slide lies, and a number
/// there is a unit mixed up. A default instance has no spacing and throws when used.
/// </summary>
public readonly record struct MicronsPerPixel
{
    /// <summary>The finest spacing accepted, exclusive, in µm/px.</summary>
    public const double Finest = 0.01;

    /// <summary>The coarsest spacing accepted, exclusive, in µm/px.</summary>
    public const double Coarsest = 1000;

    private readonly double x;
    private readonly double y;

    /// <summary>A spacing that may differ along x and y.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is NaN or outside (0.01, 1000).</exception>
    [JsonConstructor]
    public MicronsPerPixel(double x, double y)
    {
        ThrowIfImplausible(x);
        ThrowIfImplausible(y);
        this.x = x;
        this.y = y;
    }

    /// <summary>Spacing along x.</summary>
    public double X => x > 0 ? x : throw new InvalidOperationException("This spacing was never set.");

    /// <summary>Spacing along y.</summary>
    public double Y => y > 0 ? y : throw new InvalidOperationException("This spacing was never set.");

    /// <summary>True where <paramref name="value"/> can be a slide's spacing.</summary>
    public static bool IsPlausible(double value) => value is > Finest and < Coarsest;

    /// <summary>The same spacing along both axes.</summary>
    public static MicronsPerPixel Square(double value) => new(value, value);

    private static void ThrowIfImplausible(double value)
    {
        if (!IsPlausible(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"µm/px must lie between {Finest} and {Coarsest}.");
        }
    }
}
