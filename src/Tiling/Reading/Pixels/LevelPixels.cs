namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>The pixels of the chosen level, to be read once.</summary>
internal abstract class LevelPixels : IDisposable
{
    /// <summary>
    /// Decodes the level in blocks that cover it without gap or overlap, from top to bottom and from left to right.
    /// Some are decoded ahead, on other threads, and <paramref name="reduce"/> runs there too; results come in order.
    /// </summary>
    /// <param name="rows">Rows wanted, from the top.</param>
    /// <param name="reduce">Makes what is wanted of a block, whose memory it gives back.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="Slides.SlideRefusedException">A block can't be decoded.</exception>
    public abstract IEnumerable<T> Read<T>(int rows, Func<PixelBlock, T> reduce, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract void Dispose();
}
