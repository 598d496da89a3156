using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading.OpenSlide;
using NetVips;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Decides which reader a file gets, vendor before generic, chooses the level and opens it. Label and macro images are never touched.</summary>
public sealed class SlideReader : IDisposable
{
    /// <summary>A level up to 5 % coarser than the target counts as fitting: scanners' 16× levels are at 4.03 to 4.19 µm/px.</summary>
    private const double CoarserTolerance = 1.05;

    /// <summary>Pixels of a level that is read: 131,072 × 131,072.</summary>
    /// <summary>Pixels that OpenSlide may be asked for at once: four bytes each while they are read, three after it.</summary>
    private const long MostOpenSlidePixels = 1L << 26;

    private const long MostPixels = 1L << 34;

    /// <summary>Width of a level that is read, since decoders hold some rows: at 0.1 µm/px, 105 mm.</summary>
    private const long MostWidth = 1L << 20;

    /// <summary>Pixels of a picture that its decoder must hold whole (interlaced PNG, progressive JPEG): 400 MB.</summary>
    private const long MostPixelsAtOnce = 1L << 27;

    /// <summary>Pixels of one row of tiles, which libvips holds: 256 × 524,288, 400 MB.</summary>
    private const long MostPixelsInRowOfTiles = 1L << 27;

    /// <summary>Bytes of a slide at the target spacing: 1 GiB are 57 cm² at 4 µm/px, three whole slides.</summary>
    private const long MostTargetBytes = 1L << 30;

    /// <summary>Rows and columns that a cell's key has digits for.</summary>
    private const int MostRowsOrColumns = 100_000;


    /// <summary>
    /// Bytes of a level that is fetched at once, one request a stretch: 64 MB hold the 4× level of the largest 40× slide.
    /// A larger one is streamed, so that memory stays bounded.
    /// </summary>
    private const long MostBytesAtOnce = 64 << 20;

    private readonly SlideStream? stream;

    private SlideReader(SlideStream? stream, Image pixels, SlideLevel level, SlideProperties properties)
    {
        this.stream = stream;
        Pixels = pixels;
        Level = level;
        Properties = properties;
    }

    /// <summary>The chosen level, RGB uint8, to be read from top to bottom once.</summary>
    public Image Pixels { get; }

    /// <summary>The chosen level.</summary>
    public SlideLevel Level { get; }

    /// <summary>What the slide says of itself and which level was chosen.</summary>
    public SlideProperties Properties { get; }

    /// <summary>The error of the slide's storage behind an error of libvips, where there is one.</summary>
    public Exception? ReadFailure => stream?.Failure;

    /// <summary>Opens a slide.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be read, or nothing states its µm/px.</exception>
    public static SlideReader Open(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        if (Path.GetExtension(request.SlideName).ToUpperInvariant() is ".MRXS" or ".VMS" or ".VMU")
        {
            throw SlideFailures.SeveralFiles(request.SlideName, Path.GetExtension(request.SlideName));
        }

        if (source.Length == 0)
        {
            throw SlideFailures.Empty(request.SlideName);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var start = new byte[Math.Min(16, source.Length)];
        source.Read(0, start);
        return start switch
        {
            [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => OpenTiff(source, start, request, cancellationToken),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => OpenPicture(source, request, "png", cancellationToken),
            [0xFF, 0xD8, 0xFF, ..] => OpenPicture(source, request, "jpeg", cancellationToken),
            _ when IsDicom(source) => throw SlideFailures.FormatUnsupported(request.SlideName, "DICOM"),
            _ => throw SlideFailures.UnknownFormat(request.SlideName, "its first bytes are of no known slide format."),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pixels.Dispose();
        stream?.Dispose();
    }

    private static bool IsDicom(IRangeSource source)
    {
        var mark = new byte[4];
        if (source.Length < 132)
        {
            return false;
        }

        source.Read(128, mark);
        return mark.AsSpan().SequenceEqual("DICM"u8);
    }

    private static SlideReader OpenTiff(IRangeSource source, byte[] start, TilingRequest request, CancellationToken cancellationToken)
    {
        var pinned = new CancellableSource(source, cancellationToken);
        var file = TiffFile.Open(pinned, start, request.SlideName);
        if (file.FirstDirectory == 0)
        {
            throw SlideFailures.Damaged(request.SlideName, "it has no image directory.");
        }

        var first = file.ReadDirectory(file.FirstDirectory);

        // The generic way would open these and get them wrong, or fail at their first tile.
        if (OnlyOpenSlideReads(first) is { } kind)
        {
            return OpenWithOpenSlide(source, kind, request, cancellationToken);
        }

        var description = SlideDescription.Read(file, first);
        if (description.NeedsOpenSlide is { } vendor)
        {
            return OpenWithOpenSlide(source, vendor, request, cancellationToken);
        }

        ThrowIfNotDecoded(first, request);

        if (!description.HasText)
        {
            // No scanner's software wrote it, so it has no label that could be met between its directories.
            file.ReadAround();
        }

        var full = FullResolution(file, first, description, request);
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx, description, file, full);
        ThrowIfUnfit(SlideLevel.Full(full.Width, full.Height, full), spacing, request);
        var levels = SlidePyramid.Levels(
            file, full, full == first && description.Images.Count < 2, spacing, request.TargetSpacingUmPx * CoarserTolerance, request.SlideName);
        var index = Choose(levels, spacing, request);
        var level = levels[index];
        ThrowIfNotDecoded(level.Directory!, request);
        var levelFile = LevelFile.Create(pinned, file, level.Directory!, ThrowIfIncomplete(level.Directory!, index, request), index, request.SlideName);

        // Below "warning" libvips paints a tile that it can't decode black, and black is no tissue: the tile would be lost unseen.
        var whole = levelFile.Length <= MostBytesAtOnce ? levelFile.ReadWhole(cancellationToken) : null;
        var stream = whole is null ? new SlideStream(new BlockCache(levelFile), cancellationToken) : null;
        var image = Decode(request, stream, level, () => whole is not null
            ? Image.TiffloadBuffer(whole, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning)
            : Image.TiffloadStream(stream!, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning));
        return new SlideReader(stream, image, level, Describe(description.Format, levels[0], spacing, spacingSource, index, level));
    }

    /// <summary>What kind of TIFF, by its first directory alone, only OpenSlide reads right; null where it is none of these.</summary>
    private static string? OnlyOpenSlideReads(TiffDirectory first) => first switch
    {
        { IsNdpi: true } => "a Hamamatsu NDPI",
        { Compression: 33003 or 33005 or 34712 } => $"compressed with JPEG 2000 (TIFF compression {first.Compression})",
        _ => null,
    };

    /// <summary>Refuses what the TIFF reader does not decode, before its pixels are read.</summary>
    private static void ThrowIfNotDecoded(TiffDirectory directory, TilingRequest request)
    {
        if (directory.Compression is not (1 or 5 or 7 or 8 or 32773 or 32946 or 50000 or 50001))
        {
            throw SlideFailures.UnknownFormat(request.SlideName, $"its pixels are compressed in a way that slides are not (TIFF compression {directory.Compression}).");
        }
    }

    /// <summary>OpenSlide knows files only, so the slide is copied to one; the level is read whole.</summary>
    private static SlideReader OpenWithOpenSlide(IRangeSource source, string kind, TilingRequest request, CancellationToken cancellationToken)
    {
        if (!OpenSlideLibrary.IsAvailable)
        {
            throw SlideFailures.NeedsOpenSlide(request.SlideName, kind);
        }

        using var scratch = ScratchFile.Copy(source, request.SlideName, cancellationToken);
        using var slide = OpenSlideFile.Open(scratch.Path, request.SlideName);
        var (spacing, spacingSource) = request.SpacingOverrideUmPx is { } given ? (MicronsPerPixel.Square(given), "metadata")
            : slide.Spacing is { } stated ? (stated, "slide")
            : throw SlideFailures.SpacingUnknown(request.SlideName, $"its {slide.Vendor} metadata states none");
        var levels = slide.Levels();
        ThrowIfUnfit(levels[0], spacing, request);
        var index = Choose(levels, spacing, request);
        var level = levels[index];
        if (level.Width * level.Height > MostOpenSlidePixels)
        {
            throw SlideFailures.TooLarge(request.SlideName, $"its level {index}, the one nearest to the model's spacing, has {level.Width} × {level.Height} px.");
        }

        var pixels = slide.Read(index, (int)level.Width, (int)level.Height);
        var image = Image.NewFromMemory(pixels, (int)level.Width, (int)level.Height, 3, Enums.BandFormat.Uchar);
        return new SlideReader(null, image, level, Describe(slide.Vendor, levels[0], spacing, spacingSource, index, level) with { BoundsX = slide.Bounds.X, BoundsY = slide.Bounds.Y });
    }

    /// <summary>The slide's page: the first, but for OME-XML that describes a larger image elsewhere.</summary>
    private static TiffDirectory FullResolution(TiffFile file, TiffDirectory first, SlideDescription description, TilingRequest request)
    {
        if (OmeImage.Largest(description.Images) is not { } slide)
        {
            return first;
        }

        var page = SlidePyramid.Page(file, first, slide.Page, request.SlideName);
        if (slide.Width > 0 && (page.Width, page.Height) != (slide.Width, slide.Height))
        {
            throw SlideFailures.Damaged(request.SlideName, $"its OME-XML says {slide.Width} × {slide.Height} px, its page {page.Width} × {page.Height}.");
        }

        return slide.Channels > 1 && page.Samples == 1
            ? throw SlideFailures.ColoursUnknown(request.SlideName, $"its {slide.Channels} channels are {slide.Channels} pages.")
            : page;
    }

    private static SlideReader OpenPicture(IRangeSource source, TilingRequest request, string format, CancellationToken cancellationToken)
    {
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx);
        var stream = new SlideStream(new BlockCache(source), cancellationToken);

        // libjpeg calls corrupt pixels a warning; libpng warns of colour profiles, but calls corrupt pixels an error.
        var image = Decode(request, stream, null, () => format == "png"
            ? Image.PngloadStream(stream, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
            : Image.JpegloadStream(stream, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning));
        var level = SlideLevel.Full(image.Width, image.Height, null);
        ThrowIfUnfit(level, spacing, request);
        Choose([level], spacing, request);
        return image.Contains("interlaced") && level.Width * level.Height > MostPixelsAtOnce
            ? throw SlideFailures.TooLarge(request.SlideName, $"{level.Width} × {level.Height} px of an interlaced or progressive picture can't be read row by row.")
            : new SlideReader(stream, image, level, Describe(format, level, spacing, spacingSource, 0, level));
    }

    /// <summary>The number of a level's tiles or strips; refuses one that claims too few, or which must be held in memory in too large parts.</summary>
    private static long ThrowIfIncomplete(TiffDirectory directory, int index, TilingRequest request)
    {
        var name = directory.IsTiled ? "tiles" : "strips";
        if (directory.ChunkWidth <= 0 || directory.ChunkHeight <= 0)
        {
            throw SlideFailures.Damaged(request.SlideName, $"the {name} of its level {index} have {directory.ChunkWidth} × {directory.ChunkHeight} px.");
        }

        var (across, down) = (Parts(directory.Width, directory.ChunkWidth), Parts(directory.Height, directory.ChunkHeight));
        if (directory.Planes is < 1 or > 16 || directory.Chunks < across * down * directory.Planes)
        {
            throw SlideFailures.Damaged(request.SlideName, $"its level {index} has {directory.Chunks} of {across * down} {name}.");
        }

        // Strips are decoded line by line, but for JPEG.
        var isDecodedWhole = directory.IsTiled || directory.Compression == 7;
        if (isDecodedWhole && (directory.ChunkWidth > MostPixelsInRowOfTiles / across || directory.ChunkHeight > MostPixelsInRowOfTiles / (across * directory.ChunkWidth)))
        {
            throw SlideFailures.Damaged(request.SlideName, $"its level {index} has {name} of {directory.ChunkWidth} × {directory.ChunkHeight} px.");
        }

        return across * down * directory.Planes;
    }

    private static long Parts(long length, long part) => ((length - 1) / part) + 1;

    /// <summary>Refuses a slide that can't be tiled at the model's spacing, whatever its levels are.</summary>
    private static void ThrowIfUnfit(SlideLevel full, MicronsPerPixel spacing, TilingRequest request)
    {
        if (full.Width <= 0 || full.Height <= 0)
        {
            throw SlideFailures.Damaged(request.SlideName, $"it claims {full.Width} × {full.Height} px.");
        }

        if (full.Width > int.MaxValue || full.Height > int.MaxValue)
        {
            throw SlideFailures.TooLarge(request.SlideName, $"it claims {full.Width} × {full.Height} px.");
        }

        if (!request.IsUpsampled && Math.Max(spacing.X, spacing.Y) > request.TargetSpacingUmPx * CoarserTolerance)
        {
            throw SlideFailures.ResolutionTooLow(request.SlideName, Math.Max(spacing.X, spacing.Y), request.TargetSpacingUmPx);
        }

        var grid = new PatchGrid(full.Width, full.Height, spacing, request.TargetSpacingUmPx, request.PatchSidePixels, request.StridePixels);
        if (grid.Columns < 1 || grid.Rows < 1)
        {
            throw SlideFailures.TooSmall(request.SlideName, full.Width, full.Height, grid.PatchSideUm);
        }

        if (grid.Columns > MostRowsOrColumns || grid.Rows > MostRowsOrColumns
            || (long)grid.PixelWidth * grid.PixelHeight > MostTargetBytes / 3)
        {
            throw SlideFailures.TooLarge(request.SlideName, $"its grid has {grid.Columns} × {grid.Rows} patches.");
        }
    }

    private static int Choose(List<SlideLevel> levels, MicronsPerPixel spacing, TilingRequest request)
    {
        // Where even level 0 is too coarse, it is the one that is enlarged.
        var index = Math.Max(0, levels.FindLastIndex(level =>
            Math.Max(spacing.X * level.DownsampleX, spacing.Y * level.DownsampleY) <= request.TargetSpacingUmPx * CoarserTolerance));
        return levels[index].Width <= MostWidth && levels[index].Width * levels[index].Height <= MostPixels
            ? index
            : throw SlideFailures.TooLarge(request.SlideName, $"its level {index} claims {levels[index].Width} × {levels[index].Height} px.");
    }

    private static SlideProperties Describe(string format, SlideLevel full, MicronsPerPixel spacing, string source, int index, SlideLevel level) =>
        new(format, full.Width, full.Height, spacing.X, spacing.Y, source, index, level.Width, level.Height);

    /// <summary>Opens the image, as large as its level says, and brings it to 8-bit RGB on white.</summary>
    private static Image Decode(TilingRequest request, SlideStream? stream, SlideLevel? level, Func<Image> open)
    {
        Image image;
        try
        {
            image = open();
            if (image.HasAlpha())
            {
                image = image.Flatten(background: [image.Format == Enums.BandFormat.Ushort ? 65535.0 : 255.0]);
            }

            if (image is not { Interpretation: Enums.Interpretation.Srgb, Format: Enums.BandFormat.Uchar })
            {
                image = image.Colourspace(Enums.Interpretation.Srgb).Cast(Enums.BandFormat.Uchar);
            }
        }
        catch (VipsException exception)
        {
            throw stream?.Failure ?? SlideFailures.Damaged(request.SlideName, Reason(exception), exception);
        }

        if (stream?.Failure is { } failure)
        {
            throw failure;
        }

        if (image.Bands != 3)
        {
            throw SlideFailures.ColoursUnknown(request.SlideName, $"they have {image.Bands} channels.");
        }

        return level is null || (image.Width == level.Width && image.Height == level.Height)
            ? image
            : throw SlideFailures.Damaged(request.SlideName, $"its directory says {level.Width} × {level.Height} px, its pixels {image.Width} × {image.Height}.");
    }

    /// <summary>libvips' own words for an error, without the name of the call.</summary>
    internal static string Reason(VipsException exception)
    {
        // The message: the call's name, then a line an error; the first ones may be left over from other slides.
        var lines = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines[^1];
    }
}
