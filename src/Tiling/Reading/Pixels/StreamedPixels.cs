using NetVips;

namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>
/// An image that libvips decodes row by row out of a stream, in bounded memory: pictures, and TIFF levels of strips too
/// large to be decoded one by one.
/// </summary>
internal sealed class StreamedPixels : LevelPixels
{
    private const int MostRowsAtOnce = 64;
    private const int MostBytesAtOnce = 32 << 20;

    private readonly SlideStream stream;
    private readonly Image image;
    private readonly string slide;

    private StreamedPixels(SlideStream stream, Image image, string slide)
    {
        this.stream = stream;
        this.image = image;
        this.slide = slide;
    }

    /// <summary>Width in pixels.</summary>
    public int Width => image.Width;

    /// <summary>Height in pixels.</summary>
    public int Height => image.Height;

    /// <summary>True for interlaced PNG and progressive JPEG, whose decoders hold the picture whole.</summary>
    public bool IsHeldWhole => image.Contains("interlaced");

    /// <summary>Opens an image.</summary>
    /// <param name="source">Its bytes.</param>
    /// <param name="request">How the slide is to be tiled.</param>
    /// <param name="open">libvips' loader for it.</param>
    /// <param name="cancellationToken">Stops this and all later reading.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be opened.</exception>
    public static StreamedPixels Open(IRangeSource source, TilingRequest request, Func<SlideStream, Image> open, CancellationToken cancellationToken)
    {
        var stream = new SlideStream(new BlockCache(source), cancellationToken);
        try
        {
            var image = Rgb.Open(request.SlideName, request.AppliesIcc, () => open(stream));
            return stream.Failure is { } failure ? throw failure : new StreamedPixels(stream, image, request.SlideName);
        }
        catch (Slides.SlideRefusedException) when (stream.Failure is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<T> Read<T>(int rows, Func<PixelBlock, T> reduce, CancellationToken cancellationToken) =>
        Ahead.Select(Blocks(rows, cancellationToken), 1, reduce);

    /// <inheritdoc/>
    public override void Dispose()
    {
        image.Dispose();
        stream.Dispose();
    }

    private IEnumerable<PixelBlock> Blocks(int rows, CancellationToken cancellationToken)
    {
        var rowsAtOnce = Math.Clamp(MostBytesAtOnce / (Width * 3), 1, MostRowsAtOnce);
        using var region = Fetch(() => Region.New(image));
        for (var top = 0; top < rows; top += rowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (from, height) = (top, Math.Min(rowsAtOnce, rows - top));
            yield return new PixelBlock(0, from, Width, height, Fetch(() => region.Fetch(0, from, Width, height)));
        }
    }

    /// <summary>Runs a call of libvips. An error of storage is not always one of libvips: some decoders take it for the file's end.</summary>
    private T Fetch<T>(Func<T> call)
    {
        try
        {
            var result = call();
            return stream.Failure is { } failure ? throw failure : result;
        }
        catch (VipsException exception)
        {
            throw stream.Failure ?? SlideFailures.Damaged(slide, Rgb.Reason(exception), exception);
        }
    }
}
