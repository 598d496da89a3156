using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace IdcFunctions.Slides.Geometry;

/// <summary>A patch's place in its slide's grid, both numbers from 0.</summary>
public readonly record struct PatchCell(int Row, int Column) : IComparable<PatchCell>
{
    /// <summary>Characters of a key.</summary>
    public const int KeyLength = 11;

    private static readonly StandardFormat FiveDigits = new('D', 5);

    /// <summary>The patch's table row and its name in URLs: <c>{row:D5}-{column:D5}</c>, so keys sort in grid order.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Row:D5}-{Column:D5}");

    /// <summary>Writes <see cref="Key"/> in UTF-8.</summary>
    /// <param name="key">Gets it; <see cref="KeyLength"/> bytes.</param>
    public void WriteKey(Span<byte> key)
    {
        key[5] = (byte)'-';
        if (!Utf8Formatter.TryFormat(Row, key, out var row, FiveDigits) || row != 5 || !Utf8Formatter.TryFormat(Column, key[6..], out var column, FiveDigits) || column != 5)
        {
            throw new ArgumentException($"{this} has no key of {KeyLength} characters.", nameof(key));
        }
    }

    /// <summary>Reads a key; false where <paramref name="key"/> is none.</summary>
    public static bool TryParse(string? key, out PatchCell cell)
    {
        cell = default;
        if (key is not { Length: KeyLength } || key[5] != '-'
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
