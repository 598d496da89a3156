using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>A slide that is looked at by parts. Its bytes are decoded in a process of their own. Safe for several threads.</summary>
public abstract class ViewedSlide
{
    private const int TileQuality = 85;

    /// <summary>Pixels of a level that are decoded for one tile: 100 MB. More are asked for where a slide has no pyramid.</summary>
    private const long MostPixels = 1L << 25;

    /// <summary>Encoded bytes that are fetched for one tile: as many as those pixels take.</summary>
    private protected const long MostEncodedBytes = 3 * MostPixels;

    private protected ViewedSlide(string name, List<SlideLevel> levels)
    {
        Name = name;
        Levels = levels;
        Pyramid = new DeepZoomPyramid(levels[0].Width, levels[0].Height);
    }

    /// <summary>Its levels and tiles for viewers.</summary>
    public DeepZoomPyramid Pyramid { get; }

    /// <summary>Bytes that it takes in memory once every level has been looked at.</summary>
    public abstract long TableBytes { get; }

    /// <summary>The lowest level of the pyramid whose tiles can be made of what the slide holds.</summary>
    /// <exception cref="Slides.SlideRefusedException">There is none.</exception>
    public int LowestLevel => Enumerable.Range(0, Pyramid.HighestLevel + 1)
        .Where(level => Pyramid.RegionOf(level, 0, 0) is { } region && PixelsFor(region, Pyramid.DownsampleOf(level)) <= MostPixels)
        .Select(static level => (int?)level)
        .FirstOrDefault() ?? throw SlideFailures.TooLarge(Name, "its tiles or strips are too large to be decoded for a picture of a part of it.");

    /// <summary>The slide's name, for messages.</summary>
    private protected string Name { get; }

    /// <summary>The levels, finest first.</summary>
    private protected List<SlideLevel> Levels { get; }

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
        DrawAsync(
            new PixelRegion(0, 0, Pyramid.Width, Pyramid.Height),
            Math.Max(1, Math.Max(Pyramid.Width, Pyramid.Height) / (double)mostSide),
            decoders,
            cancellationToken);

    /// <summary>Draws a part of a level.</summary>
    /// <param name="index">The level.</param>
    /// <param name="part">The part.</param>
    /// <param name="picture">What is to be made of it; its place is not set yet.</param>
    /// <param name="decoders">Decode.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private protected abstract Task<byte[]> DrawAsync(
        int index, LevelPart part, PictureRequest picture, SlideDecoders decoders, CancellationToken cancellationToken);

    private Task<byte[]> DrawAsync(PixelRegion region, double downsample, SlideDecoders decoders, CancellationToken cancellationToken)
    {
        var pixels = PixelsFor(region, downsample);
        ThrowIfTooMany(pixels);
        var index = LevelFor(downsample);
        var level = Levels[index];
        var picture = new PictureRequest(
            Name,
            0,
            0,
            downsample / level.DownsampleX,
            downsample / level.DownsampleY,
            (int)Math.Max(1, Math.Ceiling((region.Width / downsample) - 1e-6)),
            (int)Math.Max(1, Math.Ceiling((region.Height / downsample) - 1e-6)),
            TileQuality);
        return DrawAsync(index, PartOf(region, level), picture, decoders, cancellationToken);
    }

    /// <summary>Pixels that are decoded for a part of a level: those of the tiles or strips that it touches.</summary>
    private protected virtual long PixelsOf(SlideLevel level, LevelPart part) =>
        (long)Math.Ceiling((part.MaxX - part.MinX) * (part.MaxY - part.MinY));

    /// <summary>Refuses a picture for which more would have to be decoded than for a tile of a pyramid.</summary>
    private protected void ThrowIfTooMany(long pixels)
    {
        if (pixels > MostPixels)
        {
            throw SlideFailures.TooLarge(
                Name,
                $"{pixels} px would have to be decoded for this picture, since the slide has no level near it, or no tiles.");
        }
    }

    private static LevelPart PartOf(PixelRegion region, SlideLevel level) =>
        new(region.MinX / level.DownsampleX, region.MinY / level.DownsampleY, region.MaxX / level.DownsampleX, region.MaxY / level.DownsampleY);

    private long PixelsFor(PixelRegion region, double downsample)
    {
        var level = Levels[LevelFor(downsample)];
        return PixelsOf(level, PartOf(region, level));
    }

    /// <summary>The coarsest level that is not coarser than what is wanted.</summary>
    private int LevelFor(double downsample) =>
        Math.Max(0, Levels.FindLastIndex(level => Math.Max(level.DownsampleX, level.DownsampleY) <= downsample * 1.001));
}
