namespace IdcFunctions.Tiling.Reading;

/// <summary>The level of a TIFF that is read: what its pixels depend on, and where its tiles or strips lie.</summary>
internal sealed class TiffLevel
{
    /// <summary>
    /// Tags that pixels depend on: size, bits, compression, colours, predictor, layout, JPEG tables, YCbCr. Colour
    /// profiles are left out: they count only when asked for.
    /// </summary>
    private static readonly int[] PixelTags = [256, 257, 258, 259, 262, 266, 277, 278, 284, 317, 320, 322, 323, 332, 338, 339, 347, 529, 530, 532];

    /// <summary>Tag of an ICC profile.</summary>
    private const int ProfileTag = 34675;

    /// <summary>Pixels of a tile or strip that is decoded at once: 8,192 × 8,192, 200 MB.</summary>
    private const long MostChunkPixels = 1L << 26;

    /// <summary>Bytes of one tag: a palette of 16 bits has 393,216.</summary>
    private const int MostTagBytes = 1 << 20;

    /// <summary>
    /// Encoded bytes of a tile or strip, as a multiple of its pixels' channels: 16 bits that don't compress take two and a
    /// little more.
    /// </summary>
    private const long MostExpansion = 3;

    /// <summary>Channels that count for it.</summary>
    private const long MostChannels = 16;

    /// <summary>Zeros behind a JPEG stream's end that are padding.</summary>
    private const int MostJpegPadding = 16;

    /// <summary>Bytes of a part of an uncompressed strip.</summary>
    private const long PartBytes = 4 << 20;

    private readonly TiffDirectory directory;
    private readonly int index;
    private readonly string slide;
    private readonly bool isBigEndian;
    private readonly SortedDictionary<int, TiffTag> tags = [];
    private long[] offsets;
    private long[] lengths;

    private TiffLevel(TiffFile file, TiffDirectory directory, int index, string slide)
    {
        this.directory = directory;
        this.index = index;
        this.slide = slide;
        isBigEndian = file.IsBigEndian;
        (Across, Down) = LevelChoice.Chunks(directory, index, slide);
        (ChunkWidth, ChunkHeight) = (directory.ChunkWidth, directory.ChunkHeight);
        offsets = file.Numbers(directory, directory.OffsetsTag, Across * Down * directory.Planes);
        lengths = file.Numbers(directory, directory.LengthsTag, Across * Down * directory.Planes);
    }

    /// <summary>Width of a tile in pixels; of a strip, the level's.</summary>
    public long ChunkWidth { get; }

    /// <summary>Height of a tile or strip in pixels.</summary>
    public long ChunkHeight { get; private set; }

    /// <summary>Tiles from left to right; 1 for strips.</summary>
    public long Across { get; }

    /// <summary>Tiles or strips from top to bottom.</summary>
    public long Down { get; private set; }

    /// <summary>True where a tile or strip is small enough to be decoded by itself.</summary>
    public bool IsDecodedByChunk => ChunkWidth <= MostChunkPixels && ChunkHeight <= MostChunkPixels / ChunkWidth;

    /// <summary>Everything.</summary>
    public ChunkRange Whole => new(0, Down, 0, Across);

    /// <summary>Reads the places of a level's tiles or strips.</summary>
    /// <param name="file">The slide's directories.</param>
    /// <param name="length">The slide's length in bytes.</param>
    /// <param name="directory">The level's.</param>
    /// <param name="index">The level's number, for errors.</param>
    /// <param name="profiled">The directory whose ICC profile goes with the pixels; null for none.</param>
    /// <param name="slide">The slide's name, for errors.</param>
    /// <exception cref="Slides.SlideRefusedException">Its pixels lie beyond the file's end, or what it claims contradicts itself.</exception>
    public static TiffLevel Read(TiffFile file, long length, TiffDirectory directory, int index, TiffDirectory? profiled, string slide)
    {
        var level = new TiffLevel(file, directory, index, slide);
        level.ThrowIfBeyond(length);
        foreach (var tag in PixelTags)
        {
            level.Take(file, directory, tag);
        }

        if (profiled is not null)
        {
            level.Take(file, profiled, ProfileTag);
        }

        level.SplitUncompressedStrip(file);
        return level;
    }

    /// <summary>
    /// Bytes that a level takes in memory once it is read: the places of its tiles or strips, and its tags. What it claims
    /// may exceed any whole number.
    /// </summary>
    public static double BytesOf(TiffDirectory directory) =>
        (directory.Chunks * 16.0) + PixelTags.Sum(tag => directory.Entries.TryGetValue(tag, out var entry)
            ? Math.Min(MostTagBytes, (double)entry.Count * entry.ValueBytes)
            : 0);

    /// <summary>The pixels that a range covers.</summary>
    public (int Left, int Top, int Width, int Height) PixelsOf(ChunkRange range)
    {
        var (left, top) = (range.Column * ChunkWidth, range.Row * ChunkHeight);
        return (
            (int)left,
            (int)top,
            (int)Math.Min(range.Columns * ChunkWidth, directory.Width - left),
            (int)Math.Min(range.Rows * ChunkHeight, directory.Height - top));
    }

    /// <summary>Bytes of a range's tiles or strips.</summary>
    public long EncodedBytes(ChunkRange range) => Indices(range).Sum(i => lengths[i]);

    /// <summary>The parts of the slide that hold ranges.</summary>
    public List<Stretch> Stretches(IEnumerable<ChunkRange> ranges) =>
        Stretch.Holding(ranges.SelectMany(Indices).Select(i => (offsets[i], lengths[i])));

    /// <summary>A range as a TIFF of its own.</summary>
    /// <param name="range">The range.</param>
    /// <param name="source">The slide, or those parts of it.</param>
    public LevelFile File(ChunkRange range, IRangeSource source)
    {
        var (_, _, width, height) = PixelsOf(range);
        var own = new SortedDictionary<int, TiffTag>(tags)
        {
            [256] = TiffTag.Of(width, isBigEndian),
            [257] = TiffTag.Of(height, isBigEndian),
        };
        var chunks = Indices(range).Select(i => (offsets[i], lengths[i])).ToList();
        return LevelFile.Create(source, own, directory.OffsetsTag, directory.LengthsTag, chunks, isBigEndian);
    }

    /// <summary>
    /// Refuses JPEG streams without their end: libjpeg fills what is missing with grey, libtiff says nothing, and the
    /// tissue there would be lost unseen.
    /// </summary>
    /// <exception cref="Slides.SlideRefusedException">One is cut off.</exception>
    public void ThrowIfCut(ChunkRange range, IRangeSource source)
    {
        if (directory.Compression != 7)
        {
            return;
        }

        Span<byte> end = stackalloc byte[MostJpegPadding + 2];
        foreach (var i in Indices(range).Where(i => lengths[i] > 0))
        {
            var tail = end[..(int)Math.Min(end.Length, lengths[i])];
            source.Read(offsets[i] + lengths[i] - tail.Length, tail);
            if (!tail.TrimEnd((byte)0).EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]))
            {
                throw SlideFailures.Damaged(
                    slide,
                    $"{(directory.IsTiled ? "tile" : "strip")} {i} of its level {index} is cut off: its JPEG stream has no end.");
            }
        }
    }

    private void Take(TiffFile file, TiffDirectory from, int tag)
    {
        if (from.Entries.TryGetValue(tag, out var entry))
        {
            tags[tag] = entry.Count <= MostTagBytes / entry.ValueBytes
                ? new TiffTag(entry.Type, entry.Count, file.Content(from, tag, entry.Count))
                : throw SlideFailures.Damaged(slide, $"tag {tag} of its level {index} claims {entry.Count} values.");
        }
    }

    /// <summary>The directory whose ICC profile goes with a level's pixels: its own, else the slide's.</summary>
    public static TiffDirectory ProfileOf(TiffDirectory level, TiffDirectory full) => level.Entries.ContainsKey(ProfileTag) ? level : full;

    private IEnumerable<long> Indices(ChunkRange range)
    {
        for (var plane = 0L; plane < directory.Planes; plane++)
        {
            for (var row = range.Row; row < range.Row + range.Rows; row++)
            {
                for (var column = range.Column; column < range.Column + range.Columns; column++)
                {
                    yield return (((plane * Down) + row) * Across) + column;
                }
            }
        }
    }

    private void ThrowIfBeyond(long length)
    {
        var most = IsDecodedByChunk && directory.Compression != 1
            ? (ChunkWidth * ChunkHeight * Math.Clamp(directory.Samples, 1, MostChannels) * MostExpansion) + (1 << 20)
            : long.MaxValue;
        for (var i = 0; i < offsets.Length; i++)
        {
            if (lengths[i] > most)
            {
                throw SlideFailures.Damaged(slide, $"{lengths[i]} bytes are too many for one of the {offsets.Length} parts of its level {index}.");
            }

            if (offsets[i] > length - lengths[i])
            {
                throw SlideFailures.Truncated(slide, $"its level {index} ends at byte {(decimal)offsets[i] + lengths[i]}, the file at {length}.");
            }
        }
    }

    /// <summary>Programs write uncompressed images as one strip (ImageJ does): rows of a fixed length, which can be taken in any parts.</summary>
    private void SplitUncompressedStrip(TiffFile file)
    {
        var bits = file.Numbers(directory, 258, 1) is [var one] ? one : 1;
        var rowBytes = directory.Width * (directory.Planes == 1 ? directory.Samples : 1) * bits / 8;
        var isSubsampled = file.Numbers(directory, 262, 1) is [6];
        if (Down != 1
            || directory.IsTiled
            || directory.Compression != 1
            || bits % 8 != 0
            || isSubsampled
            || rowBytes is <= 0 or > PartBytes
            || ChunkHeight * rowBytes <= PartBytes)
        {
            return;
        }

        var height = PartBytes / rowBytes;
        var (newOffsets, newLengths) = (new List<long>(), new List<long>());
        for (var plane = 0; plane < directory.Planes; plane++)
        {
            if (lengths[plane] < directory.Height * rowBytes)
            {
                throw SlideFailures.Truncated(
                    slide,
                    $"the strip of its level {index} has {lengths[plane]} bytes, "
                    + $"its {directory.Height} rows take {directory.Height * rowBytes}.");
            }

            for (var row = 0L; row < directory.Height; row += height)
            {
                newOffsets.Add(offsets[plane] + (row * rowBytes));
                newLengths.Add(Math.Min(height, directory.Height - row) * rowBytes);
            }
        }

        (offsets, lengths) = ([.. newOffsets], [.. newLengths]);
        Down = offsets.Length / directory.Planes;
        ChunkHeight = height;
        tags[278] = TiffTag.Of(height, isBigEndian);
    }
}
