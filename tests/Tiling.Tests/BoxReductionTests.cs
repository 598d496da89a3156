using CsCheck;

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
            var target = new byte[width * height * 3];

            var reduction = new BoxReduction(target, width, height, sourceWidth, scaleX, scaleY);
            for (var row = 0; row < sourceHeight; row++)
            {
                reduction.Add(source.AsSpan(row * sourceWidth * 3, sourceWidth * 3));
            }

            reduction.Finish();
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
        var target = new byte[3 * 3 * 3];
        var reduction = new BoxReduction(target, 3, 3, 2, scale, scale);
        reduction.Add([10, 10, 10, 20, 20, 20]);
        reduction.Add([30, 30, 30, 40, 40, 40]);
        reduction.Finish();

        Assert.Equal([40, 40, 40], target[^3..]);
        Assert.Equal([20, 20, 20], target[6..9]);
        Assert.Equal(30, target[18]);
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
