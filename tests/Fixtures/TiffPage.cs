using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Fixtures;

/// <summary>A directory of a TIFF to be written: its entries and its tiles or strips as they lie in the file.</summary>
/// <param name="Entries">The entries, but for the offsets and lengths of <paramref name="Chunks"/>.</param>
/// <param name="Chunks">Encoded tiles or strips, in their order.</param>
/// <param name="IsTiled">True for tiles (tags 324, 325), false for strips (273, 279).</param>
public sealed record TiffPage(IReadOnlyList<TiffEntry> Entries, IReadOnlyList<byte[]> Chunks, bool IsTiled)
{
    /// <summary>Directories that tag 330 of this page points to.</summary>
    public IReadOnlyList<TiffPage> SubImages { get; init; } = [];

    /// <summary>The pages of a file, to be written otherwise; their sub-images are left out.</summary>
    public static IReadOnlyList<TiffPage> ReadAll(byte[] file)
    {
        var tiff = TiffFile.Open(new MemoryRangeSource(file), file.AsSpan(0, 16), "test.tif");
        var pages = new List<TiffPage>();
        for (var at = tiff.FirstDirectory; at != 0;)
        {
            var directory = tiff.ReadDirectory(at);
            pages.Add(Read(file, tiff, directory));
            at = directory.Next;
        }

        return pages;
    }

    private static TiffPage Read(byte[] file, TiffFile tiff, TiffDirectory directory)
    {
        var entries = directory.Entries
            .Where(entry => entry.Key is not (273 or 279 or 324 or 325 or 330))
            .Select(entry => new TiffEntry(entry.Key, entry.Value.Type, ValuesOf(entry.Key, entry.Value.Type)));
        var places = tiff.Numbers(directory, directory.OffsetsTag, long.MaxValue).Zip(tiff.Numbers(directory, directory.LengthsTag, long.MaxValue));
        return new TiffPage([.. entries], [.. places.Select(place => file[(int)place.First..(int)(place.First + place.Second)])], directory.IsTiled);

        ulong[] ValuesOf(int tag, int type) => type == 5
            ? [.. tiff.Content(directory, tag, 1).Chunk(4).Select(four => (ulong)BitConverter.ToUInt32(four))]
            : [.. tiff.Numbers(directory, tag, long.MaxValue).Select(value => (ulong)value)];
    }

    /// <summary>The page with an entry replaced or added.</summary>
    public TiffPage With(TiffEntry entry) => this with { Entries = [.. Entries.Where(other => other.Tag != entry.Tag), entry] };

    /// <summary>The page without an entry.</summary>
    public TiffPage Without(int tag) => this with { Entries = [.. Entries.Where(other => other.Tag != tag)] };
}
