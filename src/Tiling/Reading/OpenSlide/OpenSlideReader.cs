using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Reading.Pixels;

namespace IdcFunctions.Tiling.Reading.OpenSlide;

/// <summary>Opens slides with OpenSlide. It knows files only, so the slide is copied to one; the level is read whole.</summary>
internal static class OpenSlideReader
{
    /// <summary>Pixels that OpenSlide may be asked for at once, four bytes each: 268 MB.</summary>
    private const long MostPixels = 1L << 26;

    /// <summary>Opens a slide.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="kind">What it is, in words, for errors.</param>
    /// <param name="request">How it is to be tiled.</param>
    /// <param name="cancellationToken">Stops the copying.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be read, or nothing states its µm/px.</exception>
    public static SlideReader Open(IRangeSource source, string kind, TilingRequest request, CancellationToken cancellationToken)
    {
        if (!OpenSlideLibrary.IsAvailable)
        {
            throw SlideFailures.NeedsOpenSlide(request.SlideName, kind);
        }

        if (request.AppliesIcc)
        {
            throw SlideFailures.NoColourProfile(request.SlideName, $"it is {kind}, which OpenSlide reads, and profiles of those are not applied.");
        }

        using var scratch = ScratchFile.Copy(source, request.SlideName, cancellationToken);
        using var slide = OpenSlideFile.Open(scratch.Path, request.SlideName);
        var (spacing, spacingSource) = request.SpacingOverrideUmPx is { } given ? (MicronsPerPixel.Square(given), "metadata")
            : slide.Spacing is { } stated ? (stated, "slide")
            : throw SlideFailures.SpacingUnknown(request.SlideName, $"its {slide.Vendor} metadata states none");
        var levels = slide.Levels();
        LevelChoice.ThrowIfUnfit(levels[0], spacing, request);
        var index = LevelChoice.Choose(levels, spacing, request);
        var level = levels[index];
        if (level.Width * level.Height > MostPixels)
        {
            throw SlideFailures.TooLarge(
                request.SlideName,
                $"its level {index}, the one nearest to the model's spacing, has {level.Width} × {level.Height} px.");
        }

        var properties = SlideReader.Describe(slide.Vendor, levels[0], spacing, spacingSource, index, level) with
        {
            BoundsX = slide.Bounds.X,
            BoundsY = slide.Bounds.Y,
        };
        return new SlideReader(new WholePixels(slide.Read(index, (int)level.Width, (int)level.Height), (int)level.Width), level, properties);
    }
}
