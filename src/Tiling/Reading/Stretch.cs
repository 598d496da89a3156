namespace IdcFunctions.Tiling.Reading;

/// <summary>A part of a slide's bytes that is fetched with one request.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct Stretch(long Offset, long Length)
{
    /// <summary>Bytes between two tiles that are no image's pixels: padding, or the lengths that cloud-optimised TIFFs write around tiles.</summary>
    private const long MostPadding = 64;

    /// <summary>The stretches that hold tiles or strips, in the slide's order: with nothing between these but padding.</summary>
    public static List<Stretch> Holding(IEnumerable<(long Offset, long Length)> chunks)
    {
        var stretches = new List<Stretch>();
        foreach (var (offset, length) in chunks.Where(chunk => chunk.Length > 0).OrderBy(chunk => chunk.Offset))
        {
            if (stretches is [.., var last] && offset <= last.Offset + last.Length + MostPadding)
            {
                stretches[^1] = last with { Length = Math.Max(last.Length, offset + length - last.Offset) };
            }
            else
            {
                stretches.Add(new Stretch(offset, length));
            }
        }

        return stretches;
    }
}
