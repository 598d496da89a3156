namespace IdcFunctions.Fixtures;

/// <summary>One entry of a TIFF directory.</summary>
/// <param name="Tag">Its tag, e.g. 256 for the width.</param>
/// <param name="Type">TIFF type: 2 text, 3 uint16, 4 uint32, 5 rational (two values each), 7 bytes, 16 uint64.</param>
/// <param name="Values">Its values; a rational takes two of them, a text one a byte.</param>
public sealed record TiffEntry(int Tag, int Type, params ulong[] Values)
{
    /// <summary>The number of values to state; null for the true one. A wrong one makes a hostile file.</summary>
    public ulong? ClaimedCount { get; init; }

    /// <summary>A text, UTF-8, with its closing zero.</summary>
    public static TiffEntry Text(int tag, string text) => new(tag, 2, [.. System.Text.Encoding.UTF8.GetBytes(text + "\0").Select(value => (ulong)value)]);
}
