using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Decides which reader a file gets, vendor before generic, chooses the level and opens it. Label and macro images are never touched.</summary>
public sealed class SlideReader : IDisposable
{
    /// <summary>A level up to 5 % coarser than the target counts as fitting: scanners' 16× levels are at 4.03 to 4.19 µm/px.</summary>
    private const double CoarserTolerance = 1.05;

    /// <summary>Levels keep the slide's proportions but for rounding.</summary>
    private const double AspectTolerance = 0.02;

    private const long MostPixels = 1L << 34;

    private readonly SlideStream stream;

    private SlideReader(SlideStream stream, Image pixels, SlideProperties properties)
    {
        this.stream = stream;
        Pixels = pixels;
        Properties = properties;
    }

    /// <summary>The chosen level, RGB uint8, to be read from top to bottom once.</summary>
    public Image Pixels { get; }

    /// <summary>What the slide says of itself and which level was chosen.</summary>
    public SlideProperties Properties { get; }

    /// <summary>The error of the slide's storage behind an error of libvips, where there is one.</summary>
    public Exception? ReadFailure => stream.Failure;

    /// <summary>Opens a slide.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be read, or nothing states its µm/px.</exception>
    public static SlideReader Open(IRangeSource source, TilingRequest request)
    {
        if (source.Length == 0)
        {
            throw SlideFailures.Empty(request.SlideName);
        }

        var cache = new BlockCache(source);
        var start = new byte[132];
        cache.Read(0, start);
        return start switch
        {
            [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => OpenTiff(cache, request),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => OpenPicture(cache, request, "png"),
            [0xFF, 0xD8, 0xFF, ..] => OpenPicture(cache, request, "jpeg"),
            [.., (byte)'D', (byte)'I', (byte)'C', (byte)'M'] => throw SlideFailures.NeedsOpenSlide(request.SlideName, "DICOM"),
            _ => throw SlideFailures.UnknownFormat(request.SlideName, "its first bytes are of no known slide format."),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pixels.Dispose();
        stream.Dispose();
    }

    private static SlideReader OpenTiff(BlockCache cache, TilingRequest request)
    {
        var directories = TiffReader.Read(cache, request.SlideName);
        var first = directories[0];
        if (first.IsNdpi)
        {
            throw SlideFailures.NeedsOpenSlide(request.SlideName, "a Hamamatsu NDPI");
        }

        if (first.Compression is 33003 or 33005 or 34712)
        {
            throw SlideFailures.NeedsOpenSlide(request.SlideName, $"compressed with JPEG 2000 (TIFF compression {first.Compression})");
        }

        var format = first.Description.StartsWith("Aperio", StringComparison.Ordinal) ? "aperio"
            : first.Description.Contains("<OME", StringComparison.Ordinal) ? "ome-tiff"
            : "tiff";
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx, first);
        var levels = Levels(directories);
        var index = Choose(levels, spacing, request);
        var level = levels[index];
        if (level.PixelsEnd > cache.Length)
        {
            throw SlideFailures.Truncated(request.SlideName, $"its level {index} ends at byte {level.PixelsEnd}, the file at {cache.Length}.");
        }

        var stream = new SlideStream(cache);
        var image = Decode(request, stream, () => level.SubImage < 0
            ? Image.TiffloadStream(stream, page: level.Page, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
            : Image.TiffloadStream(stream, page: level.Page, subifd: level.SubImage, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error));
        return new SlideReader(stream, image, Describe(format, levels[0], spacing, spacingSource, index, level));
    }

    private static SlideReader OpenPicture(BlockCache cache, TilingRequest request, string format)
    {
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx, null);
        var stream = new SlideStream(cache);
        var image = Decode(request, stream, () => Image.NewFromStream(stream, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error));
        var level = new SlideLevel(0, -1, image.Width, image.Height, cache.Length);
        Choose([level], spacing, request);
        return new SlideReader(stream, image, Describe(format, level, spacing, spacingSource, 0, level));
    }

    /// <summary>
    /// The pyramid's levels, finest first: the first page, then what is smaller, has its proportions and is tiled as it
    /// is. Thumbnails, labels and macros are in strips, or of other proportions.
    /// </summary>
    private static List<SlideLevel> Levels(IReadOnlyList<TiffDirectory> directories)
    {
        var first = directories[0];
        var aspect = (double)first.Width / first.Height;
        var levels = directories
            .Where((directory, i) => i == 0
                || (first.IsTiled && directory.IsTiled
                    && directory.Compression == first.Compression
                    && directory.Width < first.Width && directory.Height < first.Height && directory is { Width: > 0, Height: > 0 }
                    && Math.Abs(((double)directory.Width / directory.Height / aspect) - 1) < AspectTolerance))
            .Select(directory => new SlideLevel(directory.Page, directory.SubImage, directory.Width, directory.Height, directory.PixelsEnd));
        return [.. levels.OrderByDescending(level => level.Width)];
    }

    private static int Choose(List<SlideLevel> levels, MicronsPerPixel spacing, TilingRequest request)
    {
        var full = levels[0];
        if (full.Width <= 0 || full.Height <= 0)
        {
            throw SlideFailures.Damaged(request.SlideName, $"it claims {full.Width} × {full.Height} px.");
        }

        if (full.Width > int.MaxValue || full.Height > int.MaxValue)
        {
            throw SlideFailures.TooLarge(request.SlideName, $"it claims {full.Width} × {full.Height} px.");
        }

        if (Math.Max(spacing.X, spacing.Y) > request.TargetSpacingUmPx * CoarserTolerance)
        {
            throw SlideFailures.ResolutionTooLow(request.SlideName, Math.Max(spacing.X, spacing.Y), request.TargetSpacingUmPx);
        }

        var grid = new PatchGrid(full.Width, full.Height, spacing, request.TargetSpacingUmPx, request.PatchSidePixels);
        if (grid.TargetWidth < request.PatchSidePixels || grid.TargetHeight < request.PatchSidePixels)
        {
            throw SlideFailures.TooSmall(request.SlideName, full.Width, full.Height, grid.PatchSideUm);
        }

        var index = levels.FindLastIndex(level =>
            Math.Max(spacing.X * full.Width / level.Width, spacing.Y * full.Height / level.Height) <= request.TargetSpacingUmPx * CoarserTolerance);
        return levels[index].Width * levels[index].Height <= MostPixels
            ? index
            : throw SlideFailures.TooLarge(request.SlideName, $"its level {index} claims {levels[index].Width} × {levels[index].Height} px.");
    }

    private static SlideProperties Describe(string format, SlideLevel full, MicronsPerPixel spacing, string source, int index, SlideLevel level) =>
        new(format, full.Width, full.Height, spacing.X, spacing.Y, source, index, level.Width, level.Height);

    /// <summary>Opens the image and brings it to 8-bit RGB on white.</summary>
    private static Image Decode(TilingRequest request, SlideStream stream, Func<Image> open)
    {
        try
        {
            var image = open();
            if (image.HasAlpha())
            {
                image = image.Flatten(background: [image.Format == Enums.BandFormat.Ushort ? 65535.0 : 255.0]);
            }

            return image is { Interpretation: Enums.Interpretation.Srgb, Format: Enums.BandFormat.Uchar, Bands: 3 }
                ? image
                : image.Colourspace(Enums.Interpretation.Srgb).Cast(Enums.BandFormat.Uchar);
        }
        catch (VipsException exception)
        {
            throw stream.Failure ?? SlideFailures.Damaged(request.SlideName, FirstLine(exception), exception);
        }
    }

    /// <summary>The first line of libvips' message; the rest repeats it.</summary>
    internal static string FirstLine(VipsException exception) => exception.Message.Trim().Split('\n')[0];
}
