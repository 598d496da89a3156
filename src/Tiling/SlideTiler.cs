using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling;

/// <summary>START of tiling: slide → level nearest to the model's spacing → pixels on the grid → cells with tissue.</summary>
public static class SlideTiler
{
    /// <summary>Opens a slide and reads it once, in this process; <see cref="Isolation.SlideDecoders"/> does it in another.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    public static Task<TiledSlide> OpenAsync(IRangeSource source, TilingRequest request, CancellationToken cancellationToken) =>
        Task.Run(() => Open(source, request, cancellationToken), cancellationToken);

    /// <summary>The part that runs native code on the slide's bytes; blocking.</summary>
    internal static (SlideProperties Properties, TargetPixels Pixels) Decode(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        using var slide = SlideReader.Open(source, request, cancellationToken);
        var grid = slide.Properties.GridFor(request.TargetSpacingUmPx, request.PatchSidePixels, request.StridePixels);
        return (slide.Properties, TargetPixels.Read(slide, grid, request.SlideName, cancellationToken));
    }

    /// <summary>The part after it.</summary>
    internal static TiledSlide FindTissue(SlideProperties properties, TargetPixels pixels, TilingRequest request)
    {
        var grid = properties.GridFor(request.TargetSpacingUmPx, request.PatchSidePixels, request.StridePixels);
        return new TiledSlide(properties, grid, pixels, TissueMask.Find(pixels, grid, request));
    }

    private static TiledSlide Open(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        var (properties, pixels) = Decode(source, request, cancellationToken);
        return FindTissue(properties, pixels, request);
    }
}
