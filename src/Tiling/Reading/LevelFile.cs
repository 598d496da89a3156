namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// A part of a level as a TIFF file of its own: a directory made in memory, and behind it tiles or strips, read from
/// where they lie in the slide. libvips sees nothing else of the slide: no other page, no label, no text. Always
/// BigTIFF, in the slide's byte order, which 16-bit pixels have too.
/// </summary>
internal sealed class LevelFile : IRangeSource
{
    private readonly IRangeSource slide;
    private readonly byte[] start;
    private readonly Run[] runs;

    private LevelFile(IRangeSource slide, byte[] start, Run[] runs)
    {
        this.slide = slide;
        this.start = start;
        this.runs = runs;
        Length = runs is [.., var last] ? last.Place + last.Length : start.Length;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <summary>Makes the file.</summary>
    /// <param name="slide">The slide, or those parts of it that hold the tiles.</param>
    /// <param name="tags">The directory but for the tiles' places.</param>
    /// <param name="offsetsTag">The tag of the places: of tiles or of strips.</param>
    /// <param name="lengthsTag">The tag of the lengths.</param>
    /// <param name="chunks">The tiles' or strips' places in the slide, in their order.</param>
    /// <param name="isBigEndian">The slide's byte order.</param>
    public static LevelFile Create(
        IRangeSource slide,
        SortedDictionary<int, TiffTag> tags,
        int offsetsTag,
        int lengthsTag,
        IReadOnlyList<(long Offset, long Length)> chunks,
        bool isBigEndian)
    {
        // The tiles' places depend on the length of what stands before them, not on what it says.
        tags[offsetsTag] = TiffTag.Of([.. chunks.Select(chunk => chunk.Length)], isBigEndian);
        tags[lengthsTag] = tags[offsetsTag];
        var place = StartBytes(tags);
        var runs = new List<Run>();
        foreach (var stretch in Stretch.Holding(chunks))
        {
            runs.Add(new Run(stretch.Offset, stretch.Length, place));
            place += stretch.Length;
        }

        tags[offsetsTag] = TiffTag.Of([.. chunks.Select(chunk => chunk.Length == 0 ? 0 : PlaceOf(runs, chunk.Offset))], isBigEndian);
        return new LevelFile(slide, Write(tags, isBigEndian), [.. runs]);
    }

    /// <summary>The whole file.</summary>
    public byte[] ReadWhole()
    {
        var bytes = new byte[Length];
        Read(0, bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < start.Length)
        {
            var count = (int)Math.Min(buffer.Length, start.Length - offset);
            start.AsSpan((int)offset, count).CopyTo(buffer);
            offset += count;
            buffer = buffer[count..];
        }

        for (var i = buffer.IsEmpty ? 0 : FindRun(runs, run => run.Place, offset); !buffer.IsEmpty; i++)
        {
            var run = runs[i];
            var count = (int)Math.Min(buffer.Length, run.Place + run.Length - offset);
            slide.Read(run.Offset + (offset - run.Place), buffer[..count]);
            offset += count;
            buffer = buffer[count..];
        }
    }

    private static long PlaceOf(List<Run> runs, long offset)
    {
        var run = runs[FindRun(runs, run => run.Offset, offset)];
        return run.Place + (offset - run.Offset);
    }

    /// <summary>The last run that begins at <paramref name="at"/> or before it.</summary>
    private static int FindRun(IReadOnlyList<Run> runs, Func<Run, long> begin, long at) =>
        OrderedSearch.FirstWhere(runs.Count, i => begin(runs[i]) > at) - 1;

    private static long StartBytes(SortedDictionary<int, TiffTag> tags) =>
        32 + (tags.Count * 20) + tags.Values.Sum(tag => tag.Content.Length > 8 ? (tag.Content.Length + 7) / 8 * 8 : 0);

    private static byte[] Write(SortedDictionary<int, TiffTag> tags, bool isBigEndian)
    {
        var bytes = new byte[StartBytes(tags)];
        var mark = isBigEndian ? (byte)'M' : (byte)'I';
        (bytes[0], bytes[1]) = (mark, mark);
        Put(bytes.AsSpan(2, 2), 43);
        Put(bytes.AsSpan(4, 2), 8);
        Put(bytes.AsSpan(8, 8), 16);
        Put(bytes.AsSpan(16, 8), tags.Count);
        var (entryAt, contentAt) = (24, 32 + (tags.Count * 20));
        foreach (var (tag, (type, count, content)) in tags)
        {
            var entry = bytes.AsSpan(entryAt, 20);
            Put(entry[..2], tag);
            Put(entry[2..4], type);
            Put(entry[4..12], count);
            if (content.Length <= 8)
            {
                content.CopyTo(entry[12..]);
            }
            else
            {
                Put(entry[12..], contentAt);
                content.CopyTo(bytes, contentAt);
                contentAt += (content.Length + 7) / 8 * 8;
            }

            entryAt += 20;
        }

        return bytes;

        void Put(Span<byte> field, long value) => TiffTag.Put(field, value, isBigEndian);
    }

    /// <summary>A stretch of the slide and its place in this file.</summary>
    private readonly record struct Run(long Offset, long Length, long Place);
}
