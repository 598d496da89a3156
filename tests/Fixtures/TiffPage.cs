namespace IdcFunctions.Fixtures;

/// <summary>A directory of a TIFF to be written: its entries and its tiles or strips as they lie in the file.</summary>
/// <param name="Entries">The entries, but for the offsets and lengths of <paramref name="Chunks"/>.</param>
/// <param name="Chunks">Encoded tiles or strips, in their order.</param>
/// <param name="IsTiled">True for tiles (tags 324, 325), false for strips (273, 279).</param>
public sealed record TiffPage(IReadOnlyList<TiffEntry> Entries, IReadOnlyList<byte[]> Chunks, bool IsTiled)
{
    /// <summary>Directories that tag 330 of this page points to.</summary>
    public IReadOnlyList<TiffPage> SubImages { get; init; } = [];

    /// <summary>The page with an entry replaced or added.</summary>
    public TiffPage With(TiffEntry entry) => this with { Entries = [.. Entries.Where(other => other.Tag != entry.Tag), entry] };

    /// <summary>The page without an entry.</summary>
    public TiffPage Without(int tag) => this with { Entries = [.. Entries.Where(other => other.Tag != tag)] };
}
