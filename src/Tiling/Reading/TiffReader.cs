using System.Buffers.Binary;
using System.Text;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Walks a TIFF's directories (classic and BigTIFF, both byte orders), sub-images of the first page included.</summary>
public sealed class TiffReader
{
    private const int MostDirectories = 256;
    private const int MostEntries = 1024;
    /// <summary>
    /// Bytes of entries read of one file: the tiles of a level of 400,000 × 400,000 px take 39 MB. It bounds all entries
    /// together, since any number of them may point to the same bytes.
    /// </summary>
    private const long MostValueBytes = 64 * 1024 * 1024;

    private readonly BlockCache cache;
    private readonly string slide;
    private readonly bool bigEndian;
    private readonly bool bigTiff;
    private long valueBytes;

    private TiffReader(BlockCache cache, string slide, bool bigEndian, bool bigTiff)
    {
        this.cache = cache;
        this.slide = slide;
        this.bigEndian = bigEndian;
        this.bigTiff = bigTiff;
    }

    /// <summary>Reads all directories, at least one; of an NDPI only the first.</summary>
    /// <exception cref="Slides.SlideRefusedException">The file is cut off or its structure contradicts itself.</exception>
    public static IReadOnlyList<TiffDirectory> Read(BlockCache cache, string slide)
    {
        Span<byte> header = stackalloc byte[16];
        var length = cache.Read(0, header);
        var bigEndian = header[0] == (byte)'M';
        var version = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
        var bigTiff = version == 43;
        if (length < (bigTiff ? 16 : 8))
        {
            throw SlideFailures.Truncated(slide, $"its TIFF header has only {length} bytes.");
        }

        var reader = new TiffReader(cache, slide, bigEndian, bigTiff);
        return reader.Walk(bigTiff ? (long)reader.UInt64(header[8..]) : reader.UInt32(header[4..]));
    }

    private List<TiffDirectory> Walk(long first)
    {
        var directories = new List<TiffDirectory>();
        var seen = new HashSet<long>();
        var page = 0;
        for (var offset = first; offset != 0; page++)
        {
            if (!seen.Add(offset))
            {
                throw SlideFailures.Damaged(slide, "its directories form a loop.");
            }

            if (page >= MostDirectories)
            {
                throw SlideFailures.TooLarge(slide, $"it has more than {MostDirectories} pages.");
            }

            var (entries, next) = ReadEntries(offset);
            directories.Add(ToDirectory(entries, page, -1));
            if (directories[0].IsNdpi)
            {
                // Its links may be halves of 64-bit offsets: to follow them needs the vendor's rules.
                return directories;
            }

            if (page == 0 && entries.TryGetValue(330, out var subImages))
            {
                var offsets = Values(subImages);
                for (var i = 0; i < Math.Min(offsets.Length, 32); i++)
                {
                    directories.Add(ToDirectory(ReadEntries(offsets[i]).Entries, page, i));
                }
            }

            offset = next;
        }

        return directories.Count > 0 ? directories : throw SlideFailures.Damaged(slide, "it has no image directory.");
    }

    private (Dictionary<int, Entry> Entries, long Next) ReadEntries(long offset)
    {
        var countBytes = Bytes(offset, bigTiff ? 8 : 2);
        var count = bigTiff ? (long)UInt64(countBytes) : UInt16(countBytes);
        if (count is 0 or > MostEntries or < 0)
        {
            throw SlideFailures.Damaged(slide, $"the directory at byte {offset} claims {count} entries.");
        }

        var entryBytes = bigTiff ? 20 : 12;
        var table = Bytes(offset + countBytes.Length, (int)(count * entryBytes) + (bigTiff ? 8 : 4));
        var entries = new Dictionary<int, Entry>();
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(i * entryBytes, entryBytes);
            var values = bigTiff ? (long)UInt64(entry[4..]) : UInt32(entry[4..]);
            entries[UInt16(entry)] = new Entry(UInt16(entry[2..]), values, entry[(bigTiff ? 12 : 8)..].ToArray());
        }

        var next = table.AsSpan((int)count * entryBytes);
        return (entries, bigTiff ? (long)UInt64(next) : UInt32(next));
    }

    private TiffDirectory ToDirectory(Dictionary<int, Entry> entries, int page, int subImage)
    {
        var isTiled = entries.ContainsKey(324);
        var offsets = entries.TryGetValue(isTiled ? 324 : 273, out var at) ? Values(at) : [];
        var lengths = entries.TryGetValue(isTiled ? 325 : 279, out var of) ? Values(of) : [];
        long end = 0;
        var chunks = Math.Min(offsets.Length, lengths.Length);
        for (var i = 0; i < chunks; i++)
        {
            end = Math.Max(end, offsets[i] <= long.MaxValue - lengths[i] ? offsets[i] + lengths[i] : long.MaxValue);
        }

        var (width, height) = (One(entries, 256, 0), One(entries, 257, 0));
        return new TiffDirectory
        {
            Page = page,
            SubImage = subImage,
            Width = width,
            Height = height,
            IsTiled = isTiled,
            Compression = One(entries, 259, 1),
            Description = page == 0 && subImage < 0 && entries.TryGetValue(270, out var text) ? Encoding.UTF8.GetString(Content(text)).TrimEnd('\0') : "",
            ResolutionX = Rational(entries, 282),
            ResolutionY = Rational(entries, 283),
            ResolutionUnit = One(entries, 296, 2),
            IsNdpi = entries.ContainsKey(65420),
            ChunkWidth = isTiled ? One(entries, 322, 0) : width,
            ChunkHeight = isTiled ? One(entries, 323, 0) : Math.Min(One(entries, 278, height), height),
            Chunks = chunks,
            Planes = One(entries, 284, 1) == 2 ? One(entries, 277, 1) : 1,
            PixelsEnd = end,
        };
    }

    private long One(Dictionary<int, Entry> entries, int tag, long otherwise) =>
        entries.TryGetValue(tag, out var entry) && entry.Count > 0 && Values(entry, 1) is [var value] ? value : otherwise;

    private double? Rational(Dictionary<int, Entry> entries, int tag)
    {
        if (!entries.TryGetValue(tag, out var entry) || entry.Type != 5 || entry.Count < 1)
        {
            return null;
        }

        var content = Content(entry, 1);
        var denominator = UInt32(content.AsSpan(4));
        return denominator == 0 ? null : (double)UInt32(content) / denominator;
    }

    private long[] Values(Entry entry) => Values(entry, entry.Count);

    private long[] Values(Entry entry, long count)
    {
        var content = Content(entry, count);
        var size = TypeBytes(entry.Type);
        var values = new long[content.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            var value = content.AsSpan(i * size, size);
            values[i] = size switch
            {
                1 => value[0],
                2 => UInt16(value),
                4 => UInt32(value),
                _ => (long)UInt64(value),
            };
        }

        return values;
    }

    private byte[] Content(Entry entry) => Content(entry, entry.Count);

    /// <summary>The bytes of an entry's first <paramref name="count"/> values.</summary>
    private byte[] Content(Entry entry, long count)
    {
        var size = TypeBytes(entry.Type);
        if (count > (MostValueBytes - valueBytes) / size)
        {
            throw SlideFailures.TooLarge(slide, $"its directory entries claim more than {MostValueBytes} bytes.");
        }

        var bytes = (int)count * size;
        valueBytes += bytes;
        return entry.Count <= entry.Inline.Length / size
            ? entry.Inline[..bytes]
            : Bytes(bigTiff ? (long)UInt64(entry.Inline) : UInt32(entry.Inline), bytes);
    }

    private static int TypeBytes(int type) => type switch
    {
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 1,
    };

    private byte[] Bytes(long offset, int count)
    {
        if (offset < 0 || offset > cache.Length - count)
        {
            throw SlideFailures.Truncated(slide, $"{count} bytes at {offset} lie beyond its {cache.Length} bytes.");
        }

        var bytes = new byte[count];
        cache.Read(offset, bytes);
        return bytes;
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ulong UInt64(ReadOnlySpan<byte> bytes)
    {
        var value = bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return value <= long.MaxValue ? value : throw SlideFailures.Damaged(slide, $"an offset of {value} is beyond any file.");
    }

    private sealed record Entry(int Type, long Count, byte[] Inline);
}
