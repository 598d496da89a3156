using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Reading.OpenSlide;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>
/// A TIFF-based slide that is looked at: its directories are read once, each tile's bytes when it is asked for, and
/// decoded in a process of their own. Safe for several threads.
/// </summary>
public sealed class ViewedTiff : ViewedSlide
{
    private readonly IRangeSource source;
    private readonly TiffFile file;
    private readonly TiffLevel?[] opened;
    private readonly Lock opening = new();

    private ViewedTiff(IRangeSource source, TiffFile file, List<SlideLevel> levels, string name)
        : base(name, levels)
    {
        this.source = source;
        this.file = file;
        opened = new TiffLevel?[levels.Count];
    }

    /// <inheritdoc/>
    public override long TableBytes => Levels.Sum(level => level.Directory!.Chunks * 16);

    /// <summary>Reads a slide's directories.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="kind">How it can be looked at.</param>
    /// <returns>Null where that is not by parts where it lies.</returns>
    /// <exception cref="Slides.SlideRefusedException">It can't be looked at: it is damaged, of an unknown format, or OpenSlide is needed and not there.</exception>
    public static ViewedTiff? TryOpen(IRangeSource source, string name, out ViewKind kind)
    {
        var start = new byte[Math.Min(16, source.Length)];
        source.Read(0, start);
        if (!TiffFile.IsTiff(start))
        {
            kind = ViewKind.Picture;
            return SlideReader.PictureFormat(start) is null ? throw SlideFailures.UnknownFormat(name, "its first bytes are of no known slide format.") : null;
        }

        var file = TiffFile.Open(source, start, name);
        var first = file.ReadDirectory(file.FirstDirectory);
        kind = ViewKind.OpenSlide;
        if (TiffReader.OnlyOpenSlideReads(first) is { } format)
        {
            return OpenSlideLibrary.IsAvailable ? null : throw SlideFailures.NeedsOpenSlide(name, format);
        }

        var description = SlideDescription.Read(file, first);
        if (description.NeedsOpenSlide is { } vendor)
        {
            return OpenSlideLibrary.IsAvailable ? null : throw SlideFailures.NeedsOpenSlide(name, vendor);
        }

        kind = ViewKind.Parts;
        var full = TiffReader.FullResolution(file, first, description, name);
        if (full.Width is <= 0 or > int.MaxValue || full.Height is <= 0 or > int.MaxValue)
        {
            throw SlideFailures.Damaged(name, $"it claims {full.Width} × {full.Height} px.");
        }

        // No limit of spacing: a viewer wants every level.
        var levels = SlidePyramid.Levels(file, full, full == first && description.Images.Count < 2, MicronsPerPixel.Square(1), double.PositiveInfinity, name);
        return new ViewedTiff(source, file, levels, name);
    }

    /// <inheritdoc/>
    private protected override async Task<byte[]> DrawAsync(int index, LevelPart part, PictureRequest picture, SlideDecoders decoders, CancellationToken cancellationToken)
    {
        var tiff = OpenLevel(index);
        var range = RangeOf(tiff, Levels[index], part);
        var (left, top, width, height) = tiff.PixelsOf(range);

        // Blocking reads, as everything is that libvips may call.
        var file = tiff.File(range, await Task.Run(() => FetchedRanges.Fetch(source, tiff.Stretches([range])), cancellationToken));
        return await decoders.DrawAsync(file, picture with { Left = Math.Min(part.MinX - left, width - 1), Top = Math.Min(part.MinY - top, height - 1) }, cancellationToken);
    }

    /// <summary>The tiles or strips that a rectangle of a level touches; a level whose last pixels were cut off gives the last it has.</summary>
    private static ChunkRange RangeOf(TiffLevel tiff, SlideLevel level, LevelPart part)
    {
        var (right, bottom) = (Math.Min(level.Width, (long)Math.Ceiling(part.MaxX)) - 1, Math.Min(level.Height, (long)Math.Ceiling(part.MaxY)) - 1);
        var (column, row) = (Math.Min((long)part.MinX, right) / tiff.ChunkWidth, Math.Min((long)part.MinY, bottom) / tiff.ChunkHeight);
        return new ChunkRange(row, (bottom / tiff.ChunkHeight) - row + 1, column, (right / tiff.ChunkWidth) - column + 1);
    }

    private TiffLevel OpenLevel(int index)
    {
        lock (opening)
        {
            if (opened[index] is not { } known)
            {
                TiffReader.ThrowIfNotDecoded(Levels[index].Directory!, Name);
                opened[index] = known = TiffLevel.Read(file, source.Length, Levels[index].Directory!, index, profiled: null, Name);
            }

            return known;
        }
    }
}
