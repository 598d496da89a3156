namespace IdcFunctions.Tiling.Reading;

/// <summary>
/// Blocks of a slide, fetched once: adjacent missing blocks of one read come in one request, and the least recently
/// used block goes when the cache is full. Where reads go on where the last fetch ended, each fetch is twice as long as
/// the one before, up to <see cref="MostAheadBytes"/>: a slide read from start to end takes a request for each 8 MB, and
/// one read here and there takes little more than it asks for. Holds at most 72 MB. Safe for several threads.
/// </summary>
public sealed class BlockCache(IRangeSource source)
{
    private const int BlockBytes = 128 * 1024;
    private const int MostBlocks = 512;
    private const int MostAheadBytes = 8 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<long, LinkedListNode<(long Block, byte[] Bytes)>> blocks = [];
    private readonly LinkedList<(long Block, byte[] Bytes)> byAge = [];
    private long nextBlock;
    private int lastFetched;

    /// <summary>The slide's length in bytes.</summary>
    public long Length => source.Length;

    /// <summary>Reads up to the end of the slide; returns how many bytes that were.</summary>
    public int Read(long offset, Span<byte> buffer)
    {
        var count = (int)Math.Max(0, Math.Min(buffer.Length, source.Length - offset));
        lock (gate)
        {
            for (var done = 0; done < count;)
            {
                var block = (offset + done) / BlockBytes;
                var bytes = BlockAt(block, (offset + count - 1) / BlockBytes);
                var from = (int)(offset + done - (block * BlockBytes));
                var length = Math.Min(count - done, bytes.Length - from);
                bytes.AsSpan(from, length).CopyTo(buffer[done..]);
                done += length;
            }
        }

        return count;
    }

    private byte[] BlockAt(long block, long lastWanted)
    {
        if (blocks.TryGetValue(block, out var node))
        {
            byAge.Remove(node);
            byAge.AddFirst(node);
            return node.Value.Bytes;
        }

        var ahead = block == nextBlock ? Math.Min(2 * lastFetched, MostAheadBytes / BlockBytes) : 0;
        var last = Math.Min(Math.Max(lastWanted, block + ahead - 1), (source.Length - 1) / BlockBytes);
        var end = block;
        while (end < last && end - block < MostBlocks - 1 && !blocks.ContainsKey(end + 1))
        {
            end++;
        }

        var start = block * BlockBytes;
        var fetched = new byte[Math.Min((end + 1) * BlockBytes, source.Length) - start];
        source.Read(start, fetched);
        for (var i = end; i >= block; i--)
        {
            var from = (int)((i - block) * BlockBytes);
            Keep(i, fetched[from..Math.Min(from + BlockBytes, fetched.Length)]);
        }

        (nextBlock, lastFetched) = (end + 1, (int)(end - block) + 1);
        return blocks[block].Value.Bytes;
    }

    private void Keep(long block, byte[] bytes)
    {
        blocks[block] = byAge.AddFirst((block, bytes));
        if (blocks.Count > MostBlocks)
        {
            blocks.Remove(byAge.Last!.Value.Block);
            byAge.RemoveLast();
        }
    }
}
