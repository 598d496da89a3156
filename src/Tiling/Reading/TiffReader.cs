using IdcFunctions.Tiling.Reading.OpenSlide;
using IdcFunctions.Tiling.Reading.Pixels;
using NetVips;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Opens TIFF slides: reads directories up to the wanted level, and nothing but that level's pixels.</summary>
internal static class TiffReader
{
    /// <summary>Opens a slide, or hands it to OpenSlide where only that reads it right.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="request">How it is to be tiled.</param>
    /// <param name="cancellationToken">Stops this and all later reading.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be read, or nothing states its µm/px.</exception>
    public static SlideReader Open(IRangeSource source, byte[] start, TilingRequest request, CancellationToken cancellationToken)
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
            return OpenSlideReader.Open(source, kind, request, cancellationToken);
        }

        var description = SlideDescription.Read(file, first);
        if (description.NeedsOpenSlide is { } vendor)
        {
            return OpenSlideReader.Open(source, vendor, request, cancellationToken);
        }

        ThrowIfNotDecoded(first, request.SlideName);

        var full = FullResolution(file, first, description, request.SlideName);
        var (spacing, spacingSource) = SlideSpacing.Find(request.SlideName, request.SpacingOverrideUmPx, description, file, full);
        LevelChoice.ThrowIfUnfit(SlideLevel.Full(full.Width, full.Height, full), spacing, request);
        var levels = SlidePyramid.Levels(
            file, full, full == first && description.Images.Count < 2, spacing, LevelChoice.CoarsestUmPx(request), request.SlideName);
        var index = LevelChoice.Choose(levels, spacing, request);
        var chosen = levels[index];
        ThrowIfNotDecoded(chosen.Directory!, request.SlideName);
        var profile = request.AppliesIcc ? TiffLevel.ProfileOf(chosen.Directory!, full) : null;
        var level = TiffLevel.Read(file, source.Length, chosen.Directory!, index, profile, request.SlideName);
        return new SlideReader(
            OpenPixels(source, level, chosen, index, request, cancellationToken),
            chosen,
            SlideReader.Describe(description.Format, levels[0], spacing, spacingSource, index, chosen));
    }

    private static LevelPixels OpenPixels(
        IRangeSource source, TiffLevel level, SlideLevel chosen, int index, TilingRequest request, CancellationToken cancellationToken)
    {
        if (level.IsDecodedByChunk)
        {
            return new TiffPixels(source, level, request);
        }

        var directory = chosen.Directory!;
        if (directory.IsTiled || directory.Compression == 7)
        {
            var chunks = directory.IsTiled ? "tiles" : "strips";
            throw SlideFailures.Damaged(
                request.SlideName,
                $"its level {index} has {chunks} of {directory.ChunkWidth} × {directory.ChunkHeight} px.");
        }

        // Line by line: strips of this size are decoded so.
        var pixels = StreamedPixels.Open(
            level.File(level.Whole, source),
            request,
            stream => Image.TiffloadStream(stream, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning),
            cancellationToken);
        return pixels.Width == chosen.Width && pixels.Height == chosen.Height
            ? pixels
            : throw SlideFailures.Damaged(
                request.SlideName,
                $"its directory says {chosen.Width} × {chosen.Height} px, its pixels {pixels.Width} × {pixels.Height}.");
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
            throw SlideFailures.UnknownFormat(
                slide,
                $"its pixels are compressed in a way that slides are not (TIFF compression {directory.Compression}).");
        }
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
}
