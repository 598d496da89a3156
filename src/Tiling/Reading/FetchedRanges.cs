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
        var range = ranges[OrderedSearch.FirstWhere(ranges.Count, i => ranges[i].Offset > offset) - 1];
        range.Bytes.AsSpan((int)(offset - range.Offset), buffer.Length).CopyTo(buffer);
    }
}
