namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>A level that OpenSlide has read whole: 32-bit ARGB, premultiplied; what alpha leaves out is white.</summary>
internal sealed class WholePixels(uint[] argb, int width) : LevelPixels
{
    private const int RowsAtOnce = 64;

    /// <inheritdoc/>
    public override IEnumerable<T> Read<T>(int rows, Func<PixelBlock, T> reduce, CancellationToken cancellationToken) =>
        Ahead.Select(
            Enumerable.Range(0, ((rows - 1) / RowsAtOnce) + 1).Select(part => part * RowsAtOnce),
            Ahead.ForAllCores,
            top => reduce(Block(top, Math.Min(RowsAtOnce, rows - top))));

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private PixelBlock Block(int top, int height) => new(0, top, width, height, Rgb(top, height));

    /// <summary>Some rows: uint8 RGB, width × height × 3.</summary>
    public byte[] Rgb(int top, int height)
    {
        var rgb = new byte[width * height * 3];
        var pixels = argb.AsSpan(top * width, width * height);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (pixel, white) = (pixels[i], 255 - (pixels[i] >> 24));
            rgb[i * 3] = (byte)(((pixel >> 16) & 255) + white);
            rgb[(i * 3) + 1] = (byte)(((pixel >> 8) & 255) + white);
            rgb[(i * 3) + 2] = (byte)((pixel & 255) + white);
        }

        return rgb;
    }
}
