using System.Buffers.Binary;

namespace IdcFunctions.Fixtures;

/// <summary>
/// Writes TIFF files (classic and BigTIFF, little-endian) whose every tag the test decides, wrong ones included. The
/// pixels of all pages come first, the directories after them, so that cutting the file's end cuts directories.
/// </summary>
public sealed class TiffBytes
{
    private readonly MemoryStream bytes;
    private readonly bool isBig;

    private TiffBytes(MemoryStream bytes, bool isBig)
    {
        this.bytes = bytes;
        this.isBig = isBig;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="pages">Its directories, full resolution first.</param>
    /// <param name="isBig">True for BigTIFF.</param>
    public static byte[] Write(IReadOnlyList<TiffPage> pages, bool isBig = false)
    {
        using var bytes = new MemoryStream();
        var file = new TiffBytes(bytes, isBig);
        file.Put((byte)'I', (byte)'I', (byte)(isBig ? 43 : 42), 0);
        if (isBig)
        {
            file.Put(8, 0, 0, 0);
        }

        var link = bytes.Position;
        file.PutNumber(0, isBig ? 8 : 4);
        var chunks = pages.Select(page => (Own: file.PutChunks(page), Subs: page.SubImages.Select(file.PutChunks).ToList())).ToList();
        foreach (var (page, places) in pages.Zip(chunks))
        {
            var subImages = page.SubImages.Select((sub, i) => file.PutDirectory(sub, places.Subs[i], []).At).ToList();
            var (at, next) = file.PutDirectory(page, places.Own, subImages);
            file.Patch(link, at);
            link = next;
        }

        return bytes.ToArray();
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
        var size = entry.Type switch { 2 => 1, 3 => 2, 16 => 8, _ => 4 };
        var content = new byte[entry.Values.Length * size];
        Span<byte> number = stackalloc byte[8];
        for (var i = 0; i < entry.Values.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, entry.Values[i]);
            number[..size].CopyTo(content.AsSpan(i * size));
        }

        var field = new byte[isBig ? 8 : 4];
        if (content.Length <= field.Length)
        {
            content.CopyTo(field, 0);
            return field;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(number, (ulong)bytes.Position);
        number[..field.Length].CopyTo(field);
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
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        bytes.Write(number[..size]);
    }

    private void Put(params ReadOnlySpan<byte> values) => bytes.Write(values);
}
