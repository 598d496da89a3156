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
    public override long TableBytes => (long)Levels.Sum(level => TiffLevel.BytesOf(level.Directory!));

    /// <summary>Reads a slide's directories.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="kind">How it can be looked at.</param>
    /// <returns>Null where that is not by parts where it lies.</returns>
    /// <exception cref="Slides.SlideRefusedException">
    /// It can't be looked at: it is damaged, of an unknown format, or OpenSlide is needed and not there.
    /// </exception>
    public static ViewedTiff? TryOpen(IRangeSource source, string name, out ViewKind kind)
    {
        if (source.Length == 0)
        {
            throw SlideFailures.Empty(name);
        }

        var start = new byte[Math.Min(16, source.Length)];
        source.Read(0, start);
        if (!TiffFile.IsTiff(start))
        {
            kind = ViewKind.Picture;
            return SlideReader.PictureFormat(start) is null
                ? throw SlideFailures.UnknownFormat(name, "its first bytes are of no known slide format.")
                : null;
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

        var hasPages = full == first && description.Images.Count < 2;

        // No limit of spacing: a viewer wants every level.
        var levels = SlidePyramid.Levels(file, full, hasPages, MicronsPerPixel.Square(1), double.PositiveInfinity, name);
        file.Forget();
        return new ViewedTiff(source, file, levels, name);
    }

    /// <inheritdoc/>
    private protected override async Task<byte[]> DrawAsync(
        int index, LevelPart part, PictureRequest picture, SlideDecoders decoders, CancellationToken cancellationToken)
    {
        // Blocking reads, as everything is that libvips may call.
        var tiff = await Task.Run(() => OpenLevel(index), cancellationToken);
        var range = RangeOf(Levels[index], tiff.ChunkWidth, tiff.ChunkHeight, part);
        var (left, top, width, height) = tiff.PixelsOf(range);
        ThrowIfTooMany(PixelsOf(range, tiff.ChunkWidth, tiff.ChunkHeight));
        var stretches = tiff.Stretches([range]);

        // Tiles may share their bytes, and have padding between them: what is fetched and what is decoded both count.
        var bytes = Math.Max(tiff.EncodedBytes(range), stretches.Sum(stretch => stretch.Length));
        if (bytes > MostEncodedBytes)
        {
            throw SlideFailures.TooLarge(Name, $"{bytes} bytes would have to be fetched for this picture.");
        }

        var ofTiff = picture with { Left = Math.Min(part.MinX - left, width - 1), Top = Math.Min(part.MinY - top, height - 1) };
        return await decoders.DrawAsync(() => tiff.File(range, FetchedRanges.Fetch(source, stretches)), ofTiff, cancellationToken);
    }

    /// <summary>As the directory says it, so that the level need not be opened. A strip of plain pixels is taken in parts, row by row.</summary>
    private protected override long PixelsOf(SlideLevel level, LevelPart part)
    {
        var directory = level.Directory!;
        var chunkWidth = Math.Max(1, directory.ChunkWidth);
        var chunkHeight = directory.Compression == 1 && !directory.IsTiled ? 1 : Math.Max(1, directory.ChunkHeight);
        return PixelsOf(RangeOf(level, chunkWidth, chunkHeight, part), chunkWidth, chunkHeight);
    }

    /// <summary>Pixels of whole tiles or strips, whatever of them lies in the level: what a file claims may exceed any whole number.</summary>
    private static long PixelsOf(ChunkRange range, long chunkWidth, long chunkHeight) =>
        (long)Math.Min((double)range.Columns * chunkWidth * range.Rows * chunkHeight, 1L << 62);

    /// <summary>The tiles or strips that a rectangle of a level touches; a level whose last pixels were cut off gives the last it has.</summary>
    private static ChunkRange RangeOf(SlideLevel level, long chunkWidth, long chunkHeight, LevelPart part)
    {
        var (right, bottom) = (Math.Min(level.Width, (long)Math.Ceiling(part.MaxX)) - 1, Math.Min(level.Height, (long)Math.Ceiling(part.MaxY)) - 1);
        var (column, row) = (Math.Min((long)part.MinX, right) / chunkWidth, Math.Min((long)part.MinY, bottom) / chunkHeight);
        return new ChunkRange(row, (bottom / chunkHeight) - row + 1, column, (right / chunkWidth) - column + 1);
    }

    private TiffLevel OpenLevel(int index)
    {
        lock (opening)
        {
            if (opened[index] is not { } known)
            {
                TiffReader.ThrowIfNotDecoded(Levels[index].Directory!, Name);
                opened[index] = known = TiffLevel.Read(file, source.Length, Levels[index].Directory!, index, profiled: null, Name);
                file.Forget();
            }

            return known;
        }
    }
}
