using System.Globalization;

namespace IdcFunctions.Slides.Geometry;

/// <summary>A patch's place in its slide's grid, both numbers from 0.</summary>
public readonly record struct PatchCell(int Row, int Column) : IComparable<PatchCell>
{
    /// <summary>The patch's table row and its name in URLs: <c>{row:D5}-{column:D5}</c>, so keys sort in grid order.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Row:D5}-{Column:D5}");

    /// <summary>Reads a key; false where <paramref name="key"/> is none.</summary>
    public static bool TryParse(string? key, out PatchCell cell)
    {
        cell = default;
        if (key is not { Length: 11 } || key[5] != '-'
            || !int.TryParse(key.AsSpan(0, 5), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            || !int.TryParse(key.AsSpan(6, 5), NumberStyles.None, CultureInfo.InvariantCulture, out var column))
        {
            return false;
        }

        cell = new PatchCell(row, column);
        return true;
    }

    /// <summary>Grid order: by row, then by column.</summary>
    public int CompareTo(PatchCell other) => (Row, Column).CompareTo((other.Row, other.Column));

    /// <summary>Grid order.</summary>
    public static bool operator <(PatchCell left, PatchCell right) => left.CompareTo(right) < 0;

    /// <summary>Grid order.</summary>
    public static bool operator >(PatchCell left, PatchCell right) => left.CompareTo(right) > 0;

    /// <summary>Grid order.</summary>
    public static bool operator <=(PatchCell left, PatchCell right) => left.CompareTo(right) <= 0;

    /// <summary>Grid order.</summary>
    public static bool operator >=(PatchCell left, PatchCell right) => left.CompareTo(right) >= 0;
}
