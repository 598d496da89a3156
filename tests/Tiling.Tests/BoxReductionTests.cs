using CsCheck;
using IdcFunctions.Tiling.Reading.Pixels;
using IdcFunctions.Tiling.Reduction;

namespace IdcFunctions.Tiling.Tests;

public sealed class BoxReductionTests
{
    [Fact]
    public void Each_target_pixel_is_the_mean_of_the_area_that_it_covers() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Double[0.95, 17], Gen.Double[0.95, 17], Gen.Int[0, int.MaxValue]).Sample(image =>
        {
            var (width, height, scaleX, scaleY, seed) = image;
            var (sourceWidth, sourceHeight) = ((int)Math.Ceiling(width * scaleX), (int)Math.Ceiling(height * scaleY));
            var source = new byte[sourceWidth * sourceHeight * 3];
            new Random(seed).NextBytes(source);
            var target = Reduce(new BoxReduction(width, height, sourceWidth, sourceHeight, scaleX, scaleY), source, sourceWidth, sourceHeight, seed);

            for (var i = 0; i < target.Length; i++)
            {
                Assert.Equal(Mean(source, sourceWidth, sourceHeight, i / 3 % width, i / 3 / width, i % 3, scaleX, scaleY), target[i], 0.51);
            }
        });

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.97)]
    public void Where_the_image_ends_early_its_last_pixel_is_repeated(double scale)
    {
        var target = Reduce(new BoxReduction(3, 3, 2, 2, scale, scale), [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40], 2, 2, 0);

        Assert.Equal([40, 40, 40], target[^3..]);
        Assert.Equal([20, 20, 20], target[6..9]);
        Assert.Equal(30, target[18]);
    }

    [Fact]
    public void A_level_at_the_target_spacing_is_taken_as_it_is()
    {
        var source = new byte[70 * 40 * 3];
        new Random(1).NextBytes(source);

        var target = Reduce(new BoxReduction(64, 32, 70, 40, 1 + 1e-12, 1 - 1e-12), source, 70, 40, 2);

        for (var y = 0; y < 32; y++)
        {
            Assert.Equal(source[(y * 210)..((y * 210) + 192)], target[(y * 192)..((y + 1) * 192)]);
        }
    }

    /// <summary>Reduces an image that comes in blocks of sizes that the seed decides.</summary>
    private static byte[] Reduce(BoxReduction reduction, byte[] source, int sourceWidth, int sourceHeight, int seed)
    {
        var random = new Random(seed);
        var blocks = new List<ReducedBlock>();
        for (int top = 0, height; top < sourceHeight; top += height)
        {
            height = Math.Min(random.Next(1, 40), sourceHeight - top);
            for (int left = 0, width; left < sourceWidth; left += width)
            {
                width = Math.Min(random.Next(1, 70), sourceWidth - left);
                var pixels = new byte[width * height * 3];
                for (var row = 0; row < height; row++)
                {
                    source.AsSpan((((top + row) * sourceWidth) + left) * 3, width * 3).CopyTo(pixels.AsSpan(row * width * 3));
                }

                blocks.Add(reduction.Reduce(new PixelBlock(left, top, width, height, pixels)));
            }
        }

        byte[] target = [.. new TargetRows(reduction).Of(blocks).SelectMany(row => row.ToArray())];
        Assert.Equal(reduction.Width * reduction.Height * 3, target.Length);
        return target;
    }

    private static double Mean(byte[] source, int sourceWidth, int sourceHeight, int x, int y, int band, double scaleX, double scaleY)
    {
        double sum = 0, area = 0;
        for (var row = (int)(y * scaleY); row < Math.Min((y + 1) * scaleY, sourceHeight); row++)
        {
            for (var column = (int)(x * scaleX); column < Math.Min((x + 1) * scaleX, sourceWidth); column++)
            {
                var share = (Math.Min(row + 1, (y + 1) * scaleY) - Math.Max(row, y * scaleY)) * (Math.Min(column + 1, (x + 1) * scaleX) - Math.Max(column, x * scaleX));
                sum += source[(((row * sourceWidth) + column) * 3) + band] * share;
                area += share;
            }
        }

        return sum / area;
    }
}
