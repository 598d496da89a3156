using System.Buffers.Binary;

namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// One level of a pyramid as a TIFF file of its own: a directory made in memory, and behind it the level's tiles or
/// strips, read from where they lie in the slide. libvips sees nothing else of the slide: no other page, no label, no
/// text. Always BigTIFF, in the slide's byte order, which 16-bit pixels have too.
/// </summary>
public sealed class LevelFile : IRangeSource
{
    /// <summary>
    /// Tags that pixels depend on: size, bits, compression, colours, predictor, layout, JPEG tables, YCbCr. Colour
    /// profiles (34675) are left out: they count only when asked for.
    /// </summary>
    private static readonly int[] PixelTags = [256, 257, 258, 259, 262, 266, 277, 278, 284, 317, 320, 322, 323, 332, 338, 339, 347, 529, 530, 532];

    /// <summary>Bytes of one tag: a palette of 16 bits has 393,216.</summary>
    private const int MostTagBytes = 1 << 20;

    /// <summary>Bytes between two tiles that are no image's pixels: padding, or the lengths that cloud-optimised TIFFs write around tiles.</summary>
    private const long MostPadding = 64;

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

    /// <summary>Makes the file of a level whose directory claims all of its tiles or strips.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="file">Its directories.</param>
    /// <param name="directory">The level's.</param>
    /// <param name="chunks">Its tiles or strips.</param>
    /// <param name="index">The level's number, for errors.</param>
    /// <param name="name">The slide's name, for errors.</param>
    /// <exception cref="Slides.SlideRefusedException">Its pixels lie beyond the file's end.</exception>
    public static LevelFile Create(IRangeSource slide, TiffFile file, TiffDirectory directory, long chunks, int index, string name)
    {
        var offsets = file.Numbers(directory, directory.OffsetsTag, chunks);
        var lengths = file.Numbers(directory, directory.LengthsTag, chunks);
        var end = offsets.Zip(lengths, static (offset, length) => offset <= long.MaxValue - length ? offset + length : long.MaxValue).Max();
        if (end > slide.Length)
        {
            throw SlideFailures.Truncated(name, $"its level {index} ends at byte {end}, the file at {slide.Length}.");
        }

        var tags = ReadPixelTags(file, directory, index, name);
        tags[directory.OffsetsTag] = (16, offsets.Length, new byte[offsets.Length * 8]);
        tags[directory.LengthsTag] = (16, lengths.Length, Numbers(lengths, file.IsBigEndian));
        var runs = FindRuns(offsets, lengths, StartBytes(tags));
        tags[directory.OffsetsTag] = (16, offsets.Length, Numbers([.. offsets.Zip(lengths, (offset, length) => length == 0 ? 0 : PlaceOf(runs, offset))], file.IsBigEndian));
        return new LevelFile(slide, Write(tags, file.IsBigEndian), runs);
    }

    /// <summary>Reads the whole file with one request a stretch.</summary>
    public byte[] ReadWhole(CancellationToken cancellationToken)
    {
        var bytes = new byte[Length];
        start.CopyTo(bytes, 0);
        foreach (var run in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            slide.Read(run.Offset, bytes.AsSpan((int)run.Place, (int)run.Length));
        }

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

    /// <summary>The stretches of the slide that hold the tiles, in the slide's order: with nothing between them but padding.</summary>
    private static Run[] FindRuns(long[] offsets, long[] lengths, long place)
    {
        var order = Enumerable.Range(0, offsets.Length).Where(i => lengths[i] > 0).ToArray();
        Array.Sort(order, (left, right) => offsets[left].CompareTo(offsets[right]));
        var stretches = new List<(long From, long To)>();
        foreach (var i in order)
        {
            var (from, to) = (offsets[i], offsets[i] + lengths[i]);
            if (stretches is [.., var last] && from <= last.To + MostPadding)
            {
                stretches[^1] = (last.From, Math.Max(last.To, to));
            }
            else
            {
                stretches.Add((from, to));
            }
        }

        var runs = new Run[stretches.Count];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new Run(stretches[i].From, stretches[i].To - stretches[i].From, place);
            place += runs[i].Length;
        }

        return runs;
    }

    private static long PlaceOf(Run[] runs, long offset)
    {
        var run = runs[FindRun(runs, run => run.Offset, offset)];
        return run.Place + (offset - run.Offset);
    }

    /// <summary>The last stretch that begins at <paramref name="at"/> or before it.</summary>
    private static int FindRun(Run[] runs, Func<Run, long> begin, long at)
    {
        var (low, high) = (0, runs.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = begin(runs[middle]) <= at ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    internal static long StartBytes(SortedDictionary<int, (int Type, long Count, byte[] Content)> tags) =>
        32 + (tags.Count * 20) + tags.Values.Sum(tag => tag.Content.Length > 8 ? (tag.Content.Length + 7) / 8 * 8 : 0);

    /// <summary>The tags that a level's pixels depend on.</summary>
    /// <exception cref="Slides.SlideRefusedException">One claims absurdly many values.</exception>
    internal static SortedDictionary<int, (int Type, long Count, byte[] Content)> ReadPixelTags(TiffFile file, TiffDirectory directory, int index, string name)
    {
        var tags = new SortedDictionary<int, (int Type, long Count, byte[] Content)>();
        foreach (var tag in PixelTags)
        {
            if (directory.Entries.TryGetValue(tag, out var entry))
            {
                tags[tag] = entry.Count <= MostTagBytes / entry.ValueBytes
                    ? (entry.Type, entry.Count, file.Content(directory, tag, entry.Count))
                    : throw SlideFailures.Damaged(name, $"tag {tag} of its level {index} claims {entry.Count} values.");
            }
        }

        return tags;
    }

    /// <summary>A one-page BigTIFF without pixels: they are to follow it.</summary>
    internal static byte[] Write(SortedDictionary<int, (int Type, long Count, byte[] Content)> tags, bool isBigEndian)
    {
        var bytes = new byte[StartBytes(tags)];
        var mark = isBigEndian ? (byte)'M' : (byte)'I';
        (bytes[0], bytes[1]) = (mark, mark);
        Put(bytes.AsSpan(2, 2), 43, isBigEndian);
        Put(bytes.AsSpan(4, 2), 8, isBigEndian);
        Put(bytes.AsSpan(8, 8), 16, isBigEndian);
        Put(bytes.AsSpan(16, 8), tags.Count, isBigEndian);
        var (entryAt, contentAt) = (24, 32 + (tags.Count * 20));
        foreach (var (tag, (type, count, content)) in tags)
        {
            var entry = bytes.AsSpan(entryAt, 20);
            Put(entry[..2], tag, isBigEndian);
            Put(entry[2..4], type, isBigEndian);
            Put(entry[4..12], count, isBigEndian);
            if (content.Length <= 8)
            {
                content.CopyTo(entry[12..]);
            }
            else
            {
                Put(entry[12..], contentAt, isBigEndian);
                content.CopyTo(bytes, contentAt);
                contentAt += (content.Length + 7) / 8 * 8;
            }

            entryAt += 20;
        }

        return bytes;
    }

    internal static byte[] Numbers(long[] values, bool isBigEndian)
    {
        var bytes = new byte[values.Length * 8];
        for (var i = 0; i < values.Length; i++)
        {
            Put(bytes.AsSpan(i * 8, 8), values[i], isBigEndian);
        }

        return bytes;
    }

    private static void Put(Span<byte> field, long value, bool isBigEndian)
    {
        for (var i = 0; i < field.Length; i++)
        {
            field[isBigEndian ? field.Length - 1 - i : i] = (byte)(value >> (8 * i) & 0xFF);
        }
    }

    /// <summary>A stretch of the slide and its place in this file.</summary>
    private readonly record struct Run(long Offset, long Length, long Place);
}
