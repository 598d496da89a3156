using System.Buffers.Binary;

namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// Reads a TIFF's directories (classic and BigTIFF, both byte orders) one by one, with few and small reads. A read
/// takes exactly the bytes of a directory or of its values: what lies around them may be a label's strips, and of those
/// not one byte is fetched.
/// </summary>
public sealed class TiffFile
{
    private const int MostEntries = 1024;

    /// <summary>
    /// Bytes of entries read of one file: the tiles of a level of 400,000 × 400,000 px take 39 MB. It bounds all entries
    /// together, since any number of them may point to the same bytes.
    /// </summary>
    private const long MostValueBytes = 64 * 1024 * 1024;

    /// <summary>Bytes of neighbouring values of one directory that are fetched together.</summary>
    private const int MostGroupBytes = 64 * 1024;

    /// <summary>Bytes between two values of a directory that are padding, too few to be a strip.</summary>
    private const int MostPadding = 7;

    private readonly IRangeSource source;
    private readonly string slide;
    private readonly List<(long At, byte[] Bytes)> fetched = [];
    private long valueBytes;

    private TiffFile(IRangeSource source, string slide, ReadOnlySpan<byte> header)
    {
        this.source = source;
        this.slide = slide;
        IsBigEndian = header[0] == (byte)'M';
        IsBigTiff = UInt16(header[2..]) == 43;
        if (header.Length < (IsBigTiff ? 16 : 8))
        {
            throw SlideFailures.Truncated(slide, $"its TIFF header has only {header.Length} bytes.");
        }

        FirstDirectory = IsBigTiff ? (long)UInt64(header[8..]) : UInt32(header[4..]);
    }

    /// <summary>True for "MM" files.</summary>
    public bool IsBigEndian { get; }

    /// <summary>True for BigTIFF.</summary>
    public bool IsBigTiff { get; }

    /// <summary>Where the first page's directory lies.</summary>
    public long FirstDirectory { get; }

    /// <summary>True where a file begins as a TIFF does.</summary>
    /// <param name="start">Its first bytes.</param>
    public static bool IsTiff(ReadOnlySpan<byte> start) =>
        start is [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..];

    /// <summary>The file, of which only <paramref name="header"/> has been read.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="header">Its first 16 bytes, fewer where it has fewer; at least 4.</param>
    /// <param name="slide">The slide's name, for errors.</param>
    /// <exception cref="Slides.SlideRefusedException">The header is cut off.</exception>
    public static TiffFile Open(IRangeSource source, ReadOnlySpan<byte> header, string slide) => new(source, slide, header);

    /// <summary>Reads a directory's table.</summary>
    /// <exception cref="Slides.SlideRefusedException">It is cut off or contradicts itself.</exception>
    public TiffDirectory ReadDirectory(long offset)
    {
        var countBytes = Bytes(offset, IsBigTiff ? 8 : 2);
        var count = IsBigTiff ? (long)UInt64(countBytes) : UInt16(countBytes);
        if (count is 0 or > MostEntries)
        {
            throw SlideFailures.Damaged(slide, $"the directory at byte {offset} claims {count} entries.");
        }

        var entryBytes = IsBigTiff ? 20 : 12;
        var table = Bytes(offset + countBytes.Length, ((int)count * entryBytes) + (IsBigTiff ? 8 : 4));
        var entries = new Dictionary<int, TiffEntry>();
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(i * entryBytes, entryBytes);
            var type = UInt16(entry[2..]);
            var values = IsBigTiff ? (long)UInt64(entry[4..]) : UInt32(entry[4..]);
            var field = entry[(IsBigTiff ? 12 : 8)..].ToArray();
            var isInline = values <= field.Length / TiffEntry.BytesOf(type);
            entries[UInt16(entry)] = new TiffEntry(type, values, field, isInline ? -1 : IsBigTiff ? (long)UInt64(field) : UInt32(field));
        }

        var next = table.AsSpan((int)count * entryBytes);
        return new TiffDirectory(
            entries,
            IsBigTiff ? (long)UInt64(next) : UInt32(next),
            entry => Numbers(entry.Field.AsSpan(0, entry.ValueBytes), entry.ValueBytes)[0]);
    }

    /// <summary>The first numbers of an entry; none where the directory has no such entry.</summary>
    /// <exception cref="Slides.SlideRefusedException">They lie beyond the file's end, or are absurdly many.</exception>
    public long[] Numbers(TiffDirectory directory, int tag, long most) =>
        directory.Entries.TryGetValue(tag, out var entry) ? Numbers(Content(directory, entry, Math.Min(most, entry.Count)), entry.ValueBytes) : [];

    /// <summary>The bytes of an entry's first values, in the file's byte order; none where the directory has no such entry.</summary>
    /// <exception cref="Slides.SlideRefusedException">They lie beyond the file's end, or are absurdly many.</exception>
    public byte[] Content(TiffDirectory directory, int tag, long most) =>
        directory.Entries.TryGetValue(tag, out var entry) ? Content(directory, entry, Math.Min(most, entry.Count)) : [];

    /// <summary>A fraction such as the resolution; null where it is missing or no number.</summary>
    public double? Rational(TiffDirectory directory, int tag)
    {
        if (!directory.Entries.TryGetValue(tag, out var entry) || entry is not { Type: 5, Count: > 0 })
        {
            return null;
        }

        var content = Content(directory, entry, 1);
        var denominator = UInt32(content.AsSpan(4));
        return denominator == 0 ? null : (double)UInt32(content) / denominator;
    }

    /// <summary>Forgets the bytes that were fetched: whoever keeps the file open keeps what was read of them, and reads the rest again.</summary>
    public void Forget() => fetched.Clear();

    private byte[] Content(TiffDirectory directory, TiffEntry entry, long count)
    {
        if (count > (MostValueBytes - valueBytes) / entry.ValueBytes)
        {
            throw SlideFailures.TooLarge(slide, $"its directory entries claim more than {MostValueBytes} bytes.");
        }

        var bytes = (int)count * entry.ValueBytes;
        valueBytes += bytes;
        if (entry.At < 0)
        {
            return entry.Field[..bytes];
        }

        ThrowIfBeyondEnd(entry.At, bytes);
        if (Find(entry.At, bytes) is null && bytes > 0)
        {
            var (from, to) = GroupAround(directory, entry.At, entry.At + bytes);
            Fetch(from, to);
        }

        return Bytes(entry.At, bytes);
    }

    /// <summary>Extends a range by the directory's other values that lie right beside it: they are no image's pixels.</summary>
    private (long From, long To) GroupAround(TiffDirectory directory, long from, long to)
    {
        var values = directory.Entries.Values
            .Where(entry => entry.At >= 0 && entry.At < source.Length && entry.Count <= MostGroupBytes)
            .Select(entry => (Start: entry.At, End: entry.At + (entry.Count * entry.ValueBytes)))
            .Where(value => value.End <= source.Length)
            .OrderBy(value => value.Start).ToList();
        foreach (var (start, end) in values)
        {
            to = start >= from && start <= to + MostPadding && end > to && end - from <= MostGroupBytes ? end : to;
        }

        foreach (var (start, end) in Enumerable.Reverse(values))
        {
            from = end <= to && end >= from - MostPadding && start < from && to - start <= MostGroupBytes ? start : from;
        }

        return (from, to);
    }

    private byte[] Bytes(long offset, int count)
    {
        ThrowIfBeyondEnd(offset, count);
        if (Find(offset, count) is { } known)
        {
            return known;
        }

        Fetch(offset, offset + count);
        return Find(offset, count)!;
    }

    private void ThrowIfBeyondEnd(long offset, int count)
    {
        if (offset < 0 || offset > source.Length - count)
        {
            throw SlideFailures.Truncated(slide, $"{count} bytes at {offset} lie beyond its {source.Length} bytes.");
        }
    }

    private byte[]? Find(long offset, int count)
    {
        foreach (var (at, bytes) in fetched)
        {
            if (offset >= at && offset - at <= bytes.Length - count)
            {
                var from = (int)(offset - at);
                return bytes[from..(from + count)];
            }
        }

        return null;
    }

    private void Fetch(long from, long to)
    {
        var bytes = new byte[to - from];
        source.Read(from, bytes);
        fetched.Add((from, bytes));
    }

    private long[] Numbers(ReadOnlySpan<byte> content, int size)
    {
        var numbers = new long[content.Length / size];
        for (var i = 0; i < numbers.Length; i++)
        {
            var number = content.Slice(i * size, size);
            numbers[i] = size switch
            {
                1 => number[0],
                2 => UInt16(number),
                4 => UInt32(number),
                _ => (long)UInt64(number),
            };
        }

        return numbers;
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ulong UInt64(ReadOnlySpan<byte> bytes)
    {
        var value = IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return value <= long.MaxValue ? value : throw SlideFailures.Damaged(slide, $"an offset of {value} is beyond any file.");
    }
}
