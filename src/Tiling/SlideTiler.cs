using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling;

/// <summary>START of tiling: slide → level nearest to the model's spacing → pixels on the grid → cells with tissue.</summary>
public static class SlideTiler
{
    /// <summary>Opens a slide and reads it once.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    public static Task<TiledSlide> OpenAsync(IRangeSource source, TilingRequest request, CancellationToken cancellationToken) =>
        Task.Run(() => Open(source, request, cancellationToken), cancellationToken);

    private static TiledSlide Open(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        using var slide = SlideReader.Open(source, request, cancellationToken);
        var grid = slide.Properties.GridFor(request.TargetSpacingUmPx, request.PatchSidePixels);
        var pixels = TargetPixels.Read(slide, grid, request.SlideName, cancellationToken);
        return new TiledSlide(slide.Properties, grid, pixels, TissueMask.Find(pixels, grid, request, cancellationToken));
    }
}
