namespace IdcFunctions.Tiling.Reading;

/// <summary>Looks something up in what is in order already.</summary>
internal static class OrderedSearch
{
    /// <summary>The first index from which on something is so; <paramref name="count"/> where it never is.</summary>
    /// <param name="count">Number of indices.</param>
    /// <param name="isSo">False up to some index, true from it on.</param>
    public static int FirstWhere(int count, Func<int, bool> isSo)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = isSo(middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
