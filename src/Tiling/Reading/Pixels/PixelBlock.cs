namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>A rectangle of a level, decoded.</summary>
/// <param name="Left">Its left edge in the level's pixels.</param>
/// <param name="Top">Its top edge in the level's pixels.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Rgb">uint8 RGB, width × height × 3.</param>
/// <param name="Owner">Whom the pixels' memory belongs to; null for the garbage collector.</param>
internal sealed record PixelBlock(int Left, int Top, int Width, int Height, ReadOnlyMemory<byte> Rgb, IDisposable? Owner = null) : IDisposable
{
    /// <summary>One row, width × 3 bytes.</summary>
    public ReadOnlySpan<byte> Row(int row) => Rgb.Span.Slice(row * Width * 3, Width * 3);

    /// <summary>Gives the pixels' memory back.</summary>
    public void Dispose() => Owner?.Dispose();
}
