using IdcFunctions.Tiling.Reading.Pixels;
using NetVips;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Opens PNG and JPEG pictures, whose µm/px the user gives.</summary>
internal static class PictureReader
{
    /// <summary>Pixels of a picture that its decoder must hold whole (interlaced PNG, progressive JPEG): 400 MB.</summary>
    private const long MostPixelsAtOnce = 1L << 27;

    /// <summary>Opens a picture.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be read, or the user gave no µm/px.</exception>
    public static SlideReader Open(IRangeSource source, TilingRequest request, string format, CancellationToken cancellationToken)
    {
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx);

        var pixels = StreamedPixels.Open(source, request, stream => Load(stream, format), cancellationToken);
        var level = SlideLevel.Full(pixels.Width, pixels.Height, null);
        LevelChoice.ThrowIfUnfit(level, spacing, request);
        LevelChoice.Choose([level], spacing, request);
        return pixels.IsHeldWhole && level.Width * level.Height > MostPixelsAtOnce
            ? throw SlideFailures.TooLarge(
                request.SlideName,
                $"{level.Width} × {level.Height} px of an interlaced or progressive picture can't be read row by row.")
            : new SlideReader(pixels, level, SlideReader.Describe(format, level, spacing, spacingSource, 0, level));
    }

    /// <summary>Opens a picture with libvips, to be read from top to bottom.</summary>
    public static Image Load(SlideStream stream, string format) =>

        // libjpeg calls corrupt pixels a warning; libpng warns of colour profiles, but calls corrupt pixels an error.
        format == "png"
            ? Image.PngloadStream(stream, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
            : Image.JpegloadStream(stream, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning);
}
