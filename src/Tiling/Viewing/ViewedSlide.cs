using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>
/// A TIFF-based slide that is looked at: its directories are read once, each tile's bytes when it is asked for, and
/// decoded in a process of their own. Safe for several threads.
/// </summary>
public sealed class ViewedSlide
{
    private const int TileQuality = 85;

    /// <summary>Pixels of a level that are decoded for one tile: 100 MB. More are asked for where a slide has no pyramid.</summary>
    private const long MostPixels = 1L << 25;

    private readonly IRangeSource source;
    private readonly TiffFile file;
    private readonly List<SlideLevel> levels;
    private readonly string name;
    private readonly TiffLevel?[] opened;
    private readonly Lock opening = new();

    private ViewedSlide(IRangeSource source, TiffFile file, List<SlideLevel> levels, string name)
    {
        this.source = source;
        this.file = file;
        this.levels = levels;
        this.name = name;
        opened = new TiffLevel?[levels.Count];
        Pyramid = new DeepZoomPyramid(levels[0].Width, levels[0].Height);
    }

    /// <summary>Its levels and tiles for viewers.</summary>
    public DeepZoomPyramid Pyramid { get; }

    /// <summary>Bytes that the places of all its tiles take once every level has been looked at.</summary>
    public long TableBytes => levels.Sum(level => level.Directory!.Chunks * 16);

    /// <summary>The lowest level of the pyramid whose tiles can be made of what the slide holds.</summary>
    public int LowestLevel => Enumerable.Range(0, Pyramid.HighestLevel + 1).First(level => Pyramid.RegionOf(level, 0, 0) is { } region && PixelsFor(region, Pyramid.DownsampleOf(level)) <= MostPixels);

    /// <summary>Reads a slide's directories.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be looked at by parts: it is damaged, no TIFF, or of a kind that only OpenSlide reads.</exception>
    public static ViewedSlide Open(IRangeSource source, string name)
    {
        var start = new byte[Math.Min(16, source.Length)];
        source.Read(0, start);
        if (!TiffFile.IsTiff(start))
        {
            throw SlideFailures.NotViewable(name, "is no TIFF");
        }

        var file = TiffFile.Open(source, start, name);
        var first = file.ReadDirectory(file.FirstDirectory);
        var description = TiffReader.OnlyOpenSlideReads(first) is { } kind ? throw SlideFailures.NotViewable(name, $"is {kind}") : SlideDescription.Read(file, first);
        if (description.NeedsOpenSlide is { } vendor)
        {
            throw SlideFailures.NotViewable(name, $"is {vendor}");
        }

        var full = TiffReader.FullResolution(file, first, description, name);
        if (full.Width is <= 0 or > int.MaxValue || full.Height is <= 0 or > int.MaxValue)
        {
            throw SlideFailures.Damaged(name, $"it claims {full.Width} × {full.Height} px.");
        }

        // No limit of spacing: a viewer wants every level.
        var levels = SlidePyramid.Levels(file, full, full == first && description.Images.Count < 2, MicronsPerPixel.Square(1), double.PositiveInfinity, name);
        return new ViewedSlide(source, file, levels, name);
    }

    /// <summary>A tile as a JPEG; null where the pyramid has no such tile.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded, or too many pixels would have to be.</exception>
    /// <exception cref="Slides.SlideChangedException">The slide is no longer the one that was opened.</exception>
    public async Task<byte[]?> DrawTileAsync(int level, int column, int row, SlideDecoders decoders, CancellationToken cancellationToken) =>
        Pyramid.RegionOf(level, column, row) is { } region ? await DrawAsync(region, Pyramid.DownsampleOf(level), decoders, cancellationToken) : null;

    /// <summary>The whole slide as a JPEG.</summary>
    /// <param name="mostSide">Its longer side in pixels, at most.</param>
    /// <param name="decoders">Decode.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <inheritdoc cref="DrawTileAsync" path="/exception"/>
    public Task<byte[]> DrawThumbnailAsync(int mostSide, SlideDecoders decoders, CancellationToken cancellationToken) =>
        DrawAsync(new PixelRegion(0, 0, Pyramid.Width, Pyramid.Height), Math.Max(1, Math.Max(Pyramid.Width, Pyramid.Height) / (double)mostSide), decoders, cancellationToken);

    private async Task<byte[]> DrawAsync(PixelRegion region, double downsample, SlideDecoders decoders, CancellationToken cancellationToken)
    {
        var pixels = PixelsFor(region, downsample);
        if (pixels > MostPixels)
        {
            throw SlideFailures.TooLarge(name, $"{pixels} px would have to be decoded for this picture, since the slide has no level near it.");
        }

        var index = LevelFor(downsample);
        var level = levels[index];
        var (minX, minY) = (region.MinX / level.DownsampleX, region.MinY / level.DownsampleY);
        var tiff = OpenLevel(index);
        var range = RangeOf(tiff, level, minX, minY, region.MaxX / level.DownsampleX, region.MaxY / level.DownsampleY);
        var (left, top, width, height) = tiff.PixelsOf(range);

        // Blocking reads, as everything is that libvips may call.
        var part = tiff.File(range, await Task.Run(() => FetchedRanges.Fetch(source, tiff.Stretches([range])), cancellationToken));
        var request = new PictureRequest(
            name,
            Math.Min(minX - left, width - 1),
            Math.Min(minY - top, height - 1),
            downsample / level.DownsampleX,
            downsample / level.DownsampleY,
            (int)Math.Max(1, Math.Ceiling((region.Width / downsample) - 1e-6)),
            (int)Math.Max(1, Math.Ceiling((region.Height / downsample) - 1e-6)),
            TileQuality);
        return await decoders.DrawAsync(part, request, cancellationToken);
    }

    /// <summary>The tiles or strips that a rectangle of a level touches; a level whose last pixels were cut off gives the last it has.</summary>
    private static ChunkRange RangeOf(TiffLevel tiff, SlideLevel level, double minX, double minY, double maxX, double maxY)
    {
        var (right, bottom) = (Math.Min(level.Width, (long)Math.Ceiling(maxX)) - 1, Math.Min(level.Height, (long)Math.Ceiling(maxY)) - 1);
        var (column, row) = (Math.Min((long)minX, right) / tiff.ChunkWidth, Math.Min((long)minY, bottom) / tiff.ChunkHeight);
        return new ChunkRange(row, (bottom / tiff.ChunkHeight) - row + 1, column, (right / tiff.ChunkWidth) - column + 1);
    }

    private long PixelsFor(PixelRegion region, double downsample)
    {
        var level = levels[LevelFor(downsample)];
        return (long)Math.Ceiling(region.Width / level.DownsampleX * (region.Height / level.DownsampleY));
    }

    /// <summary>The coarsest level that is not coarser than what is wanted.</summary>
    private int LevelFor(double downsample) => Math.Max(0, levels.FindLastIndex(level => Math.Max(level.DownsampleX, level.DownsampleY) <= downsample * 1.001));

    private TiffLevel OpenLevel(int index)
    {
        lock (opening)
        {
            if (opened[index] is not { } known)
            {
                TiffReader.ThrowIfNotDecoded(levels[index].Directory!, name);
                opened[index] = known = TiffLevel.Read(file, source.Length, levels[index].Directory!, index, profiled: null, name);
            }

            return known;
        }
    }
}
