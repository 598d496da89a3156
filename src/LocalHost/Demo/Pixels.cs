namespace IdcFunctions.LocalHost.Demo;

/// <summary>An RGB picture in memory, 8 bits a band.</summary>
internal sealed class Pixels(int width, int height)
{
    private readonly byte[] bytes = new byte[width * height * 3];

    /// <summary>Width in pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Height in pixels.</summary>
    public int Height { get; } = height;

    /// <summary>One pixel's three bytes.</summary>
    public Span<byte> At(int x, int y) => bytes.AsSpan(((y * Width) + x) * 3, 3);

    /// <summary>Fills the picture.</summary>
    public void Fill(double red, double green, double blue, int noise, Random random)
    {
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                Put(x, y, red, green, blue, noise, random);
            }
        }
    }

    /// <summary>Draws a disc, as far as it lies inside.</summary>
    public void Disc(int centreX, int centreY, int radius, double red, double green, double blue, int noise, Random random)
    {
        for (var y = Math.Max(0, centreY - radius); y <= Math.Min(Height - 1, centreY + radius); y++)
        {
            for (var x = Math.Max(0, centreX - radius); x <= Math.Min(Width - 1, centreX + radius); x++)
            {
                if (((x - centreX) * (x - centreX)) + ((y - centreY) * (y - centreY)) <= radius * radius)
                {
                    Put(x, y, red, green, blue, noise, random);
                }
            }
        }
    }

    /// <summary>Sets one pixel, all bands lighter or darker by up to <paramref name="noise"/>.</summary>
    public void Put(int x, int y, double red, double green, double blue, int noise, Random random)
    {
        var change = random.Next(-noise, noise + 1);
        var pixel = At(x, y);
        pixel[0] = (byte)Math.Clamp(red + change, 0, 255);
        pixel[1] = (byte)Math.Clamp(green + change, 0, 255);
        pixel[2] = (byte)Math.Clamp(blue + change, 0, 255);
    }
}
