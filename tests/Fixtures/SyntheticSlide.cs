using NetVips;

namespace IdcFunctions.Fixtures;

/// <summary>A slide made for a test, RGB uint8 in memory, to be written in any format and at any µm/px.</summary>
public sealed class SyntheticSlide
{
    /// <summary>Target pixels after which <see cref="OfPositions"/> has the same red and green again.</summary>
    public const int PositionPeriod = 100;

    private static readonly byte[] Glass = [244, 243, 245];
    private static readonly byte[] Stroma = [226, 160, 196];
    private static readonly byte[] Nucleus = [112, 72, 150];

    private SyntheticSlide(int width, int height, byte[] bytes)
    {
        Width = width;
        Height = height;
        Bytes = bytes;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, row by row, width × height × 3.</summary>
    public byte[] Bytes { get; }

    /// <summary>Clean glass, no tissue.</summary>
    public static SyntheticSlide OfGlass(int width, int height) => Draw(width, height, (_, _, pixel) => Glass.CopyTo(pixel));

    /// <summary>H&amp;E-like pieces of tissue on glass: pink with violet nuclei of about 8 µm, about half of the area.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="umPx">µm/px, so that pieces and nuclei have their size.</param>
    /// <param name="seed">Same seed, same slide.</param>
    public static SyntheticSlide OfTissue(int width, int height, double umPx, int seed)
    {
        var random = new Random(seed);
        var radius = Math.Max(width, height) / 5.0;
        var pieces = Enumerable.Range(0, 5).Select(_ => (
            X: random.NextDouble() * width,
            Y: random.NextDouble() * height,
            RadiusX: radius * (0.5 + random.NextDouble()),
            RadiusY: radius * (0.5 + random.NextDouble()))).ToArray();
        var nucleusPixels = Math.Max(1, 8 / umPx);
        return Draw(width, height, (x, y, pixel) =>
        {
            if (!Array.Exists(pieces, piece => Math.Pow((x - piece.X) / piece.RadiusX, 2) + Math.Pow((y - piece.Y) / piece.RadiusY, 2) < 1))
            {
                Glass.CopyTo(pixel);
                return;
            }

            var isNucleus = Hash((int)(x / nucleusPixels), (int)(y / nucleusPixels), seed) % 4 == 0;
            (isNucleus ? Nucleus : Stroma).CopyTo(pixel);
            pixel[0] -= (byte)(Hash(x, y, seed) % 8);
        });
    }

    /// <summary>
    /// Colours that tell where they are: red rises and falls along x, green along y, each over
    /// <see cref="PositionPeriod"/> target pixels; blue rises once over the slide's width.
    /// </summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="pixelX">Width of a target pixel in pixels.</param>
    /// <param name="pixelY">Height of a target pixel in pixels.</param>
    public static SyntheticSlide OfPositions(int width, int height, double pixelX, double pixelY)
    {
        var red = Enumerable.Range(0, width).Select(x => Byte(Wave((x + 0.5) / pixelX))).ToArray();
        var green = Enumerable.Range(0, height).Select(y => Byte(Wave((y + 0.5) / pixelY))).ToArray();
        var blue = Enumerable.Range(0, width).Select(x => Byte(255 * (x + 0.5) / width)).ToArray();
        return Draw(width, height, (x, y, pixel) => (pixel[0], pixel[1], pixel[2]) = (red[x], green[y], blue[x]));
    }

    /// <summary>The red or green of <see cref="OfPositions"/> at a place in target pixels, in [0, 255].</summary>
    public static double Wave(double targetPixels)
    {
        var phase = targetPixels / PositionPeriod;
        return 255 * 2 * Math.Abs(phase - Math.Floor(phase + 0.5));
    }

    /// <summary>The slide reduced by block means; a last block that is not whole is left out, as scanners do.</summary>
    public SyntheticSlide Reduce(int downsample) =>
        Draw(Math.Max(1, Width / downsample), Math.Max(1, Height / downsample), (x, y, pixel) =>
        {
            for (var band = 0; band < 3; band++)
            {
                var (sum, count) = (0, 0);
                for (var row = y * downsample; row < Math.Min((y + 1) * downsample, Height); row++)
                {
                    for (var column = x * downsample; column < Math.Min((x + 1) * downsample, Width); column++)
                    {
                        sum += Bytes[(((row * Width) + column) * 3) + band];
                        count++;
                    }
                }

                pixel[band] = (byte)((sum + (count / 2)) / count);
            }
        });

    /// <summary>A part of the slide; black where it reaches beyond it.</summary>
    public SyntheticSlide Crop(int left, int top, int width, int height)
    {
        var part = new byte[width * height * 3];
        var rowBytes = Math.Min(width, Width - left) * 3;
        for (var y = 0; y < Math.Min(height, Height - top); y++)
        {
            Bytes.AsSpan((((top + y) * Width) + left) * 3, rowBytes).CopyTo(part.AsSpan(y * width * 3));
        }

        return new SyntheticSlide(width, height, part);
    }

    /// <summary>The slide as an image of libvips.</summary>
    public Image ToImage()
    {
        using var pixels = Image.NewFromMemory(Bytes, Width, Height, 3, Enums.BandFormat.Uchar);
        return pixels.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>The slide as a PNG.</summary>
    public byte[] ToPng(bool isInterlaced = false)
    {
        using var image = ToImage();
        return image.PngsaveBuffer(compression: 1, interlace: isInterlaced, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The slide as a JPEG, quality 90.</summary>
    public byte[] ToJpeg()
    {
        using var image = ToImage();
        return image.JpegsaveBuffer(q: 90, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The slide as libvips writes a pyramid: levels halved down to one tile.</summary>
    /// <param name="umPx">Its TIFF resolution.</param>
    /// <param name="isBig">True for BigTIFF.</param>
    public byte[] ToLibvipsPyramid(double umPx, bool isBig = false)
    {
        using var image = ToImage();
        return image.TiffsaveBuffer(
            compression: Enums.ForeignTiffCompression.Deflate, tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, bigtiff: isBig, xres: 1000 / umPx, yres: 1000 / umPx);
    }

    private static SyntheticSlide Draw(int width, int height, PixelDrawer draw)
    {
        var bytes = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                draw(x, y, bytes.AsSpan(((y * width) + x) * 3, 3));
            }
        }

        return new SyntheticSlide(width, height, bytes);
    }

    private static byte Byte(double value) => (byte)Math.Round(Math.Clamp(value, 0, 255));

    private static uint Hash(int x, int y, int seed)
    {
        unchecked
        {
            var hash = ((uint)x * 374761393u) + ((uint)y * 668265263u) + ((uint)seed * 2246822519u);
            hash = (hash ^ (hash >> 13)) * 1274126177u;
            return hash ^ (hash >> 16);
        }
    }

    private delegate void PixelDrawer(int x, int y, Span<byte> pixel);
}
