using System.Buffers.Binary;

namespace IdcFunctions.Fixtures;

/// <summary>
/// Writes TIFF files (classic and BigTIFF, both byte orders) whose every tag the test decides, wrong ones included. The
/// pixels of all pages come first, the directories after them, so that cutting the file's end cuts directories.
/// </summary>
public sealed class TiffBytes
{
    private readonly MemoryStream bytes;
    private readonly bool isBig;
    private readonly bool isBigEndian;

    private TiffBytes(MemoryStream bytes, bool isBig, bool isBigEndian)
    {
        this.bytes = bytes;
        this.isBig = isBig;
        this.isBigEndian = isBigEndian;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="pages">Its directories, full resolution first.</param>
    /// <param name="isBig">True for BigTIFF.</param>
    /// <param name="isBigEndian">True for numbers with their highest byte first ("MM"); the pixels are written as they are.</param>
    /// <param name="isInterleaved">True for each page's directory right behind its pixels, as Aperio's scanners write them.</param>
    public static byte[] Write(IReadOnlyList<TiffPage> pages, bool isBig = false, bool isBigEndian = false, bool isInterleaved = false)
    {
        using var bytes = new MemoryStream();
        var file = new TiffBytes(bytes, isBig, isBigEndian);
        var mark = isBigEndian ? (byte)'M' : (byte)'I';
        bytes.Write([mark, mark]);
        file.PutNumber(isBig ? 43UL : 42, 2);
        if (isBig)
        {
            file.PutNumber(8, 2);
            file.PutNumber(0, 2);
        }

        var link = bytes.Position;
        file.PutNumber(0, isBig ? 8 : 4);
        if (isInterleaved)
        {
            foreach (var page in pages)
            {
                Put(page, file.PutChunks(page), [.. page.SubImages.Select(file.PutChunks)]);
            }
        }
        else
        {
            var chunks = pages.Select(page => (Own: file.PutChunks(page), Subs: page.SubImages.Select(file.PutChunks).ToList())).ToList();
            foreach (var (page, places) in pages.Zip(chunks))
            {
                Put(page, places.Own, places.Subs);
            }
        }

        return bytes.ToArray();

        void Put(TiffPage page, List<ulong> own, List<List<ulong>> subs)
        {
            var subImages = page.SubImages.Select((sub, i) => file.PutDirectory(sub, subs[i], []).At).ToList();
            var (at, next) = file.PutDirectory(page, own, subImages);
            file.Patch(link, at);
            link = next;
        }
    }

    private List<ulong> PutChunks(TiffPage page)
    {
        var offsets = new List<ulong>();
        foreach (var chunk in page.Chunks)
        {
            offsets.Add((ulong)bytes.Position);
            bytes.Write(chunk);
        }

        return offsets;
    }

    /// <summary>Writes a directory; returns its place and the place of its link to the next one.</summary>
    private (ulong At, long Link) PutDirectory(TiffPage page, List<ulong> offsets, List<ulong> subImages)
    {
        List<TiffEntry> entries = [.. page.Entries];
        if (offsets.Count > 0)
        {
            AddUnlessGiven(entries, new TiffEntry(page.IsTiled ? 324 : 273, isBig ? 16 : 4, [.. offsets]));
            AddUnlessGiven(entries, new TiffEntry(page.IsTiled ? 325 : 279, 4, [.. page.Chunks.Select(chunk => (ulong)chunk.Length)]));
        }

        if (subImages.Count > 0)
        {
            AddUnlessGiven(entries, new TiffEntry(330, isBig ? 16 : 4, [.. subImages]));
        }

        entries.Sort((left, right) => left.Tag.CompareTo(right.Tag));
        var contents = entries.ConvertAll(entry => PutContent(entry));
        var at = (ulong)bytes.Position;
        PutNumber((ulong)entries.Count, isBig ? 8 : 2);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            PutNumber((ulong)entry.Tag, 2);
            PutNumber((ulong)entry.Type, 2);
            PutNumber(entry.ClaimedCount ?? (ulong)(entry.Type == 5 ? entry.Values.Length / 2 : entry.Values.Length), isBig ? 8 : 4);
            bytes.Write(contents[i]);
        }

        var link = bytes.Position;
        PutNumber(0, isBig ? 8 : 4);
        return (at, link);
    }

    /// <summary>The value field of an entry: the values themselves where they fit in, else where they were written to.</summary>
    private byte[] PutContent(TiffEntry entry)
    {
        var size = entry.Type switch { 2 or 7 => 1, 3 => 2, 16 => 8, _ => 4 };
        var content = new byte[entry.Values.Length * size];
        for (var i = 0; i < entry.Values.Length; i++)
        {
            WriteNumber(content.AsSpan(i * size, size), entry.Values[i]);
        }

        var field = new byte[isBig ? 8 : 4];
        if (content.Length <= field.Length)
        {
            content.CopyTo(field, 0);
            return field;
        }

        WriteNumber(field, (ulong)bytes.Position);
        bytes.Write(content);
        return field;
    }

    private static void AddUnlessGiven(List<TiffEntry> entries, TiffEntry entry)
    {
        if (!entries.Exists(other => other.Tag == entry.Tag))
        {
            entries.Add(entry);
        }
    }

    private void Patch(long link, ulong at)
    {
        var end = bytes.Position;
        bytes.Position = link;
        PutNumber(at, isBig ? 8 : 4);
        bytes.Position = end;
    }

    private void PutNumber(ulong value, int size)
    {
        Span<byte> number = stackalloc byte[size];
        WriteNumber(number, value);
        bytes.Write(number);
    }

    private void WriteNumber(Span<byte> field, ulong value)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        number[..field.Length].CopyTo(field);
        if (isBigEndian)
        {
            field.Reverse();
        }
    }
}
