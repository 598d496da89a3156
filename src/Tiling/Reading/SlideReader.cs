using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading.OpenSlide;
using NetVips;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Decides which reader a file gets, vendor before generic, chooses the level and opens it. Label and macro images are never touched.</summary>
public sealed class SlideReader : IDisposable
{
    /// <summary>Pixels that OpenSlide may be asked for at once: four bytes each while they are read, three after it.</summary>
    private const long MostOpenSlidePixels = 1L << 26;

    /// <summary>Pixels of a picture that its decoder must hold whole (interlaced PNG, progressive JPEG): 400 MB.</summary>
    private const long MostPixelsAtOnce = 1L << 27;

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

        ThrowIfNotDecoded(first, request.SlideName);

        var full = FullResolution(file, first, description, request.SlideName);
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx, description, file, full);
        LevelChoice.ThrowIfUnfit(SlideLevel.Full(full.Width, full.Height, full), spacing, request);
        var levels = SlidePyramid.Levels(
            file, full, full == first && description.Images.Count < 2, spacing, LevelChoice.CoarsestUmPx(request), request.SlideName);
        var index = LevelChoice.Choose(levels, spacing, request);
        var level = levels[index];
        ThrowIfNotDecoded(level.Directory!, request.SlideName);
        var levelFile = LevelFile.Create(pinned, file, level.Directory!, LevelChoice.ThrowIfIncomplete(level.Directory!, index, request.SlideName), index, request.SlideName);

        // Below "warning" libvips paints a tile that it can't decode black, and black is no tissue: the tile would be lost unseen.
        var whole = levelFile.Length <= MostBytesAtOnce ? levelFile.ReadWhole(cancellationToken) : null;
        var stream = whole is null ? new SlideStream(new BlockCache(levelFile), cancellationToken) : null;
        var image = Decode(request, stream, level, () => whole is not null
            ? Image.TiffloadBuffer(whole, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning)
            : Image.TiffloadStream(stream!, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning));
        return new SlideReader(stream, image, level, Describe(description.Format, levels[0], spacing, spacingSource, index, level));
    }

    /// <summary>What kind of TIFF, by its first directory alone, only OpenSlide reads right; null where it is none of these.</summary>
    internal static string? OnlyOpenSlideReads(TiffDirectory first) => first switch
    {
        { IsNdpi: true } => "a Hamamatsu NDPI",
        { Compression: 33003 or 33005 or 34712 } => $"compressed with JPEG 2000 (TIFF compression {first.Compression})",
        _ => null,
    };

    /// <summary>Refuses what the TIFF reader does not decode, before its pixels are read.</summary>
    internal static void ThrowIfNotDecoded(TiffDirectory directory, string slide)
    {
        if (directory.Compression is not (1 or 5 or 7 or 8 or 32773 or 32946 or 50000 or 50001))
        {
            throw SlideFailures.UnknownFormat(slide, $"its pixels are compressed in a way that slides are not (TIFF compression {directory.Compression}).");
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
        LevelChoice.ThrowIfUnfit(levels[0], spacing, request);
        var index = LevelChoice.Choose(levels, spacing, request);
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
    internal static TiffDirectory FullResolution(TiffFile file, TiffDirectory first, SlideDescription description, string name)
    {
        if (OmeImage.Largest(description.Images) is not { } slide)
        {
            return first;
        }

        var page = SlidePyramid.Page(file, first, slide.Page, name);
        if (slide.Width > 0 && (page.Width, page.Height) != (slide.Width, slide.Height))
        {
            throw SlideFailures.Damaged(name, $"its OME-XML says {slide.Width} × {slide.Height} px, its page {page.Width} × {page.Height}.");
        }

        return slide.Channels > 1 && page.Samples == 1
            ? throw SlideFailures.ColoursUnknown(name, $"its {slide.Channels} channels are {slide.Channels} pages.")
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
        LevelChoice.ThrowIfUnfit(level, spacing, request);
        LevelChoice.Choose([level], spacing, request);
        return image.Contains("interlaced") && level.Width * level.Height > MostPixelsAtOnce
            ? throw SlideFailures.TooLarge(request.SlideName, $"{level.Width} × {level.Height} px of an interlaced or progressive picture can't be read row by row.")
            : new SlideReader(stream, image, level, Describe(format, level, spacing, spacingSource, 0, level));
    }

    private static SlideProperties Describe(string format, SlideLevel full, MicronsPerPixel spacing, string source, int index, SlideLevel level) =>
        new(format, full.Width, full.Height, spacing.X, spacing.Y, source, index, level.Width, level.Height);

    /// <summary>Opens the image, as large as its level says, and brings it to 8-bit RGB on white.</summary>
    private static Image Decode(TilingRequest request, SlideStream? stream, SlideLevel? level, Func<Image> open)
    {
        Image image;
        try
        {
            image = ToRgb(open(), request.SlideName);
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

    /// <summary>8-bit RGB on white, before the bands are counted.</summary>
    /// <exception cref="Slides.SlideRefusedException">The type of its values says nothing of their white.</exception>
    internal static Image ToRgb(Image image, string slide)
    {
        if (image.Format is not (Enums.BandFormat.Uchar or Enums.BandFormat.Ushort))
        {
            throw SlideFailures.ColoursUnknown(slide, $"their values are of the type {image.Format}, whose white is not known.");
        }

        if (image is not { Interpretation: Enums.Interpretation.Srgb, Format: Enums.BandFormat.Uchar })
        {
            image = image.Colourspace(Enums.Interpretation.Srgb).Cast(Enums.BandFormat.Uchar);
        }

        // After the conversion: in CMYK 255 is ink.
        return image.HasAlpha() ? image.Flatten(background: [255.0]) : image;
    }

    /// <summary>libvips' own words for an error, without the name of the call.</summary>
    internal static string Reason(VipsException exception)
    {
        // The message: the call's name, then a line an error; the first ones may be left over from other slides.
        var lines = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines[^1];
    }
}
