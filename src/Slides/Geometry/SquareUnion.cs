using System.Numerics;

namespace IdcFunctions.Slides.Geometry;

/// <summary>
/// How many points of a lattice equal squares cover together. Rows of squares are merged bit by bit and counted strip by
/// strip, so that memory and time hang on the squares' own extent, not on the slide's.
/// </summary>
internal static class SquareUnion
{
    /// <summary>Counts.</summary>
    /// <param name="squares">Their left and top edges.</param>
    /// <param name="side">Their side.</param>
    public static long Count(IEnumerable<(int Left, int Top)> squares, int side)
    {
        var byTop = squares.GroupBy(static square => square.Top, static square => square.Left).OrderBy(static row => row.Key).ToList();
        if (byTop.Count == 0)
        {
            return 0;
        }

        var first = byTop.Min(static row => row.Min());
        var words = ((byTop.Max(static row => row.Max()) + side - first) >> 6) + 1;
        var rows = byTop.Select(row => (Top: row.Key, Covered: Cover(row.Order(), first, side, words))).ToList();
        var edges = rows.SelectMany(row => (int[])[row.Top, row.Top + side]).Distinct().Order().ToList();
        var union = new ulong[words];
        var (count, begin, end) = (0L, 0, 0);
        foreach (var (from, to) in edges.Zip(edges.Skip(1)))
        {
            // Between two edges the same rows cover all lines.
            for (; end < rows.Count && rows[end].Top <= from; end++)
            {
            }

            for (; begin < end && rows[begin].Top + side <= from; begin++)
            {
            }

            Array.Clear(union);
            for (var row = begin; row < end; row++)
            {
                var covered = rows[row].Covered;
                for (var word = 0; word < words; word++)
                {
                    union[word] |= covered[word];
                }
            }

            count += (to - from) * union.Sum(static word => (long)BitOperations.PopCount(word));
        }

        return count;
    }

    private static ulong[] Cover(IEnumerable<int> lefts, int first, int side, int words)
    {
        var covered = new ulong[words];
        var next = first;
        foreach (var left in lefts)
        {
            for (next = Math.Max(next, left); next < left + side; next++)
            {
                covered[(next - first) >> 6] |= 1UL << (next - first);
            }
        }

        return covered;
    }
}
