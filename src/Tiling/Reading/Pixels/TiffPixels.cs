using NetVips;

namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>
/// A TIFF level of tiles or strips: they are fetched in their order, several blocks with one request, the next ones
/// while these are decoded, and each block is decoded by itself, so that all cores can.
/// </summary>
internal sealed class TiffPixels(IRangeSource source, TiffLevel level, TilingRequest request) : LevelPixels
{
    /// <summary>Bytes that are fetched at once: a 16× level of a usual slide has 2 to 5 MB.</summary>
    private const long MostBytesAtOnce = 16 << 20;

    /// <summary>Decoded bytes of a block, unless one tile has more: worth a thread's while, and the same for slides of any width.</summary>
    private const long BlockBytes = 2 << 20;

    /// <inheritdoc/>
    public override IEnumerable<T> Read<T>(int rows, Func<PixelBlock, T> reduce, CancellationToken cancellationToken)
    {
        var pinned = new CancellableSource(source, cancellationToken);
        var fetched = Ahead.Select(Groups(rows), 1, group => (Blocks: group, Bytes: FetchedRanges.Fetch(pinned, level.Stretches(group))));
        var blocks = fetched.SelectMany(group => group.Blocks.Select(block => (Block: block, group.Bytes)));
        return Ahead.Select(blocks, Ahead.ForAllCores, block => reduce(Decode(block.Block, block.Bytes)));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <summary>Blocks that are fetched together.</summary>
    private IEnumerable<List<ChunkRange>> Groups(int rows)
    {
        var group = new List<ChunkRange>();
        var bytes = 0L;
        foreach (var block in Blocks(rows))
        {
            var length = level.EncodedBytes(block);
            if (group.Count > 0 && bytes + length > MostBytesAtOnce)
            {
                yield return group;
                (group, bytes) = ([], 0);
            }

            group.Add(block);
            bytes += length;
        }

        yield return group;
    }

    private IEnumerable<ChunkRange> Blocks(int rows)
    {
        var rowBytes = level.Across * level.ChunkWidth * level.ChunkHeight * 3;
        var down = Math.Clamp(BlockBytes / rowBytes, 1, level.Down);
        var across = Math.Clamp(BlockBytes / (level.ChunkWidth * level.ChunkHeight * 3), 1, level.Across);
        for (var row = 0L; row * level.ChunkHeight < rows; row += down)
        {
            for (var column = 0L; column < level.Across; column += across)
            {
                yield return new ChunkRange(row, Math.Min(down, level.Down - row), column, Math.Min(across, level.Across - column));
            }
        }
    }

    private PixelBlock Decode(ChunkRange block, FetchedRanges bytes)
    {
        level.ThrowIfCut(block, bytes);
        var (left, top, width, height) = level.PixelsOf(block);

        // Below "warning" libvips paints a tile that it can't decode black, and black is no tissue: the tile would be lost unseen.
        using var image = Rgb.Open(
            request.SlideName,
            request.AppliesIcc,
            () => Image.TiffloadBuffer(
                level.File(block, bytes).ReadWhole(),
                access: Enums.Access.Sequential,
                failOn: Enums.FailOn.Warning));
        if (image.Width != width || image.Height != height)
        {
            throw SlideFailures.Damaged(request.SlideName, $"its directory says {width} × {height} px, its pixels {image.Width} × {image.Height}.");
        }

        try
        {
            var pixels = NativePixels.Decode(image);
            return new PixelBlock(left, top, width, height, pixels.Memory, pixels);
        }
        catch (VipsException exception)
        {
            throw SlideFailures.Damaged(request.SlideName, Rgb.Reason(exception), exception);
        }
    }
}
