using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Reduction;

/// <summary>
/// Along one axis: which of a level's pixels a target pixel covers, and which share of each. Where the target reaches
/// beyond the level (by less than a pixel, since levels are cut to whole ones), the last pixel is repeated.
/// </summary>
internal sealed class AxisShares
{
    private readonly int[] first;
    private readonly int[] at;
    private readonly float[] shares;
    private readonly float[] sums;

    /// <summary>Finds them.</summary>
    /// <param name="targets">Target pixels.</param>
    /// <param name="sources">The level's pixels.</param>
    /// <param name="scale">Length of a target pixel in the level's pixels.</param>
    public AxisShares(int targets, int sources, double scale)
    {
        (first, at, sums) = (new int[targets], new int[targets + 1], new float[targets]);
        var all = new List<float>();
        for (var target = 0; target < targets; target++)
        {
            var (from, to) = (target * scale, Math.Min((target + 1) * scale, sources));
            (from, to) = from < sources ? (from, to) : (sources - 1, sources);
            first[target] = (int)from;
            for (var source = first[target]; source < to; source++)
            {
                all.Add((float)(Math.Min(source + 1, to) - Math.Max(source, from)));
                sums[target] += all[^1];
            }

            at[target + 1] = all.Count;
        }

        shares = [.. all];
    }

    /// <summary>Number of target pixels.</summary>
    public int Targets => first.Length;

    /// <summary>The first of the level's pixels under a target pixel.</summary>
    public int First(int target) => first[target];

    /// <summary>The one behind the last of the level's pixels under a target pixel.</summary>
    public int End(int target) => first[target] + at[target + 1] - at[target];

    /// <summary>The shares of the level's pixels under a target pixel, from <see cref="First"/> on.</summary>
    public ReadOnlySpan<float> Of(int target) => shares.AsSpan(at[target], at[target + 1] - at[target]);

    /// <summary>The sum of a target pixel's shares.</summary>
    public float Sum(int target) => sums[target];

    /// <summary>The target pixels that cover any of the level's pixels from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public (int From, int To) Covering(int from, int to) => (FirstWhere(target => End(target) > from), FirstWhere(target => First(target) >= to));

    /// <summary>How many target pixels are complete when the level's pixels before <paramref name="end"/> are known.</summary>
    public int Complete(int end) => FirstWhere(target => End(target) > end);

    private int FirstWhere(Func<int, bool> isSo) => OrderedSearch.FirstWhere(Targets, isSo);
}
