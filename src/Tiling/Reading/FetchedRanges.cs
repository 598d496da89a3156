namespace IdcFunctions.Tiling.Reading;

/// <summary>Parts of a slide, in memory.</summary>
internal sealed class FetchedRanges : IRangeSource
{
    private readonly List<(long Offset, byte[] Bytes)> ranges;

    private FetchedRanges(long length, List<(long Offset, byte[] Bytes)> ranges)
    {
        Length = length;
        this.ranges = ranges;
    }

    /// <summary>The slide's length in bytes.</summary>
    public long Length { get; }

    /// <summary>Fetches parts, each with one request.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="stretches">The parts, in the slide's order and apart from each other.</param>
    public static FetchedRanges Fetch(IRangeSource source, IReadOnlyList<Stretch> stretches)
    {
        var ranges = new List<(long Offset, byte[] Bytes)>(stretches.Count);
        foreach (var stretch in stretches)
        {
            var bytes = new byte[stretch.Length];
            source.Read(stretch.Offset, bytes);
            ranges.Add((stretch.Offset, bytes));
        }

        return new FetchedRanges(source.Length, ranges);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        var (low, high) = (0, ranges.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = ranges[middle].Offset <= offset ? (middle, high) : (low, middle - 1);
        }

        ranges[low].Bytes.AsSpan((int)(offset - ranges[low].Offset), buffer.Length).CopyTo(buffer);
    }
}
