using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>One level of a slide that is looked at: where its tiles or strips lie, to cut TIFFs of a few of them out of it.</summary>
internal sealed class ViewedLevel
{
    /// <summary>Requests to storage for one part at once.</summary>
    private const int MostReadsAtOnce = 8;

    private readonly SortedDictionary<int, (int Type, long Count, byte[] Content)> tags;
    private readonly TiffDirectory directory;
    private readonly bool isBigEndian;
    private readonly long[] offsets;
    private readonly long[] lengths;
    private readonly long across;
    private readonly long down;

    private ViewedLevel(TiffFile file, TiffDirectory directory, int index, string slide)
    {
        this.directory = directory;
        isBigEndian = file.IsBigEndian;
        var chunks = LevelChoice.ThrowIfIncomplete(directory, index, slide);
        across = ((directory.Width - 1) / directory.ChunkWidth) + 1;
        down = chunks / directory.Planes / across;
        tags = LevelFile.ReadPixelTags(file, directory, index, slide);
        offsets = file.Numbers(directory, directory.OffsetsTag, chunks);
        lengths = file.Numbers(directory, directory.LengthsTag, chunks);
    }

    /// <summary>Reads where a level's tiles or strips lie.</summary>
    /// <exception cref="Slides.SlideRefusedException">The level contradicts itself, or is compressed in a way that is not decoded.</exception>
    public static ViewedLevel Open(TiffFile file, TiffDirectory directory, int index, string slide)
    {
        SlideReader.ThrowIfNotDecoded(directory, slide);
        return new ViewedLevel(file, directory, index, slide);
    }

    /// <summary>Cuts out the tiles that a rectangle of the level touches, as a TIFF of their own.</summary>
    /// <returns>The TIFF, the level's pixel at which it begins, and how much of it is picture.</returns>
    /// <exception cref="Slides.SlideRefusedException">A tile lies beyond the file's end.</exception>
    public (byte[] Tiff, long Left, long Top, int Width, int Height) Cut(IRangeSource source, string slide, long minX, long minY, long maxX, long maxY)
    {
        var (firstColumn, lastColumn) = (minX / directory.ChunkWidth, (maxX - 1) / directory.ChunkWidth);
        var (firstRow, lastRow) = (minY / directory.ChunkHeight, (maxY - 1) / directory.ChunkHeight);
        var (columns, rows) = (lastColumn - firstColumn + 1, lastRow - firstRow + 1);
        var (left, top) = (firstColumn * directory.ChunkWidth, firstRow * directory.ChunkHeight);
        var chunks = new List<long>();
        for (var plane = 0; plane < directory.Planes; plane++)
        {
            for (var row = firstRow; row <= lastRow; row++)
            {
                for (var column = firstColumn; column <= lastColumn; column++)
                {
                    chunks.Add((((plane * down) + row) * across) + column);
                }
            }
        }

        // A strip is as wide as its image, and the last one only as high as what is left.
        var height = directory.IsTiled ? rows * directory.ChunkHeight : Math.Min(rows * directory.ChunkHeight, directory.Height - top);
        var width = directory.IsTiled ? columns * directory.ChunkWidth : directory.Width;
        var tiff = Assemble(source, slide, chunks, width, height);
        return (tiff, left, top, (int)Math.Min(width, directory.Width - left), (int)Math.Min(height, directory.Height - top));
    }

    private byte[] Assemble(IRangeSource source, string slide, List<long> chunks, long width, long height)
    {
        var part = new SortedDictionary<int, (int Type, long Count, byte[] Content)>(tags)
        {
            [256] = (16, 1, LevelFile.Numbers([width], isBigEndian)),
            [257] = (16, 1, LevelFile.Numbers([height], isBigEndian)),
            [directory.OffsetsTag] = (16, chunks.Count, new byte[chunks.Count * 8]),
            [directory.LengthsTag] = (16, chunks.Count, LevelFile.Numbers([.. chunks.Select(chunk => lengths[chunk])], isBigEndian)),
        };
        var start = LevelFile.StartBytes(part);
        var places = new long[chunks.Count];
        var end = start;
        for (var i = 0; i < chunks.Count; i++)
        {
            var (offset, length) = (offsets[chunks[i]], lengths[chunks[i]]);
            if (length < 0 || offset < 0 || offset > source.Length - length || end + length > Array.MaxLength)
            {
                throw SlideFailures.Truncated(slide, $"a tile claims {length} bytes at {offset}, the file has {source.Length}.");
            }

            places[i] = length == 0 ? 0 : end;
            end += length;
        }

        part[directory.OffsetsTag] = (16, chunks.Count, LevelFile.Numbers(places, isBigEndian));
        var tiff = new byte[end];
        LevelFile.Write(part, isBigEndian).CopyTo(tiff, 0);
        var reads = Enumerable.Range(0, chunks.Count).Where(i => lengths[chunks[i]] > 0).Select(i => (Offset: offsets[chunks[i]], Place: places[i], Length: lengths[chunks[i]]))
            .Aggregate(new List<(long Offset, long Place, long Length)>(), Join);
        Parallel.ForEach(reads, new ParallelOptions { MaxDegreeOfParallelism = MostReadsAtOnce }, read => source.Read(read.Offset, tiff.AsSpan((int)read.Place, (int)read.Length)));
        return tiff;
    }

    /// <summary>Tiles that follow one another in the slide come in one request.</summary>
    private static List<(long Offset, long Place, long Length)> Join(List<(long Offset, long Place, long Length)> reads, (long Offset, long Place, long Length) next)
    {
        if (reads is [.., var last] && last.Offset + last.Length == next.Offset)
        {
            reads[^1] = last with { Length = last.Length + next.Length };
        }
        else
        {
            reads.Add(next);
        }

        return reads;
    }
}
