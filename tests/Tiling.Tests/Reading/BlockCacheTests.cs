using CsCheck;
using IdcFunctions.Fixtures;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Tests.Reading;

public sealed class BlockCacheTests
{
    private const int Block = 128 * 1024;

    private static readonly byte[] Content = MakeContent((5 * Block) + 100);

    [Fact]
    public void Any_reads_give_the_slides_bytes_and_fetch_none_twice() =>
        Gen.Select(Gen.Int[0, Content.Length + 10], Gen.Int[0, Content.Length]).Array[1, 20].Sample(reads =>
        {
            var source = new MemoryRangeSource(Content);
            var cache = new BlockCache(source);
            foreach (var (offset, count) in reads)
            {
                var buffer = new byte[count];
                var expected = Math.Max(0, Math.Min(count, Content.Length - offset));
                Assert.Equal(expected, cache.Read(offset, buffer));
                Assert.True(buffer.AsSpan(0, expected).SequenceEqual(Content.AsSpan(Math.Min(offset, Content.Length), expected)));
            }

            var fetched = source.Ranges.SelectMany(range => Enumerable.Range((int)range.Offset / Block, (range.Count + Block - 1) / Block)).ToList();
            Assert.Equal(fetched.Distinct().Count(), fetched.Count);
        });

    [Fact]
    public void Adjacent_missing_blocks_come_in_one_fetch()
    {
        var source = new MemoryRangeSource(Content);
        var cache = new BlockCache(source);

        cache.Read(10, new byte[4 * Block]);

        Assert.Equal([(0L, 5 * Block)], source.Ranges);
    }

    [Fact]
    public void Blocks_on_both_sides_of_a_known_one_come_in_two_fetches()
    {
        var source = new MemoryRangeSource(Content);
        var cache = new BlockCache(source);

        cache.Read(2 * Block, new byte[1]);
        cache.Read(0, new byte[Content.Length]);

        Assert.Equal([(2L * Block, Block), (0L, 2 * Block), (3L * Block, (2 * Block) + 100)], source.Ranges);
    }

    [Fact]
    public void Several_threads_read_the_same_bytes_and_fetch_none_twice()
    {
        var source = new MemoryRangeSource(Content);
        var cache = new BlockCache(source);

        Parallel.For(0, 64, i =>
        {
            var buffer = new byte[Block];
            cache.Read(i % 5 * Block, buffer);
            Assert.True(buffer.AsSpan().SequenceEqual(Content.AsSpan(i % 5 * Block, Block)));
        });

        var places = source.Ranges.SelectMany(range => Enumerable.Range((int)(range.Offset / Block), ((range.Count - 1) / Block) + 1)).ToList();
        Assert.Equal(places.Distinct().Count(), places.Count);
        Assert.InRange(source.Reads, 1, 5);
    }

    [Fact]
    public void A_slide_larger_than_the_cache_is_read_right_to_its_end()
    {
        var source = new EndlessSource(1L << 40);
        var cache = new BlockCache(source);
        var buffer = new byte[100 << 20];

        Assert.Equal(buffer.Length, cache.Read((1L << 40) - buffer.Length, buffer));

        Assert.DoesNotContain(Enumerable.Range(0, buffer.Length / 4096), i => buffer[i * 4096] != EndlessSource.At((1L << 40) - buffer.Length + (i * 4096L)));
        Assert.Equal(0, cache.Read(1L << 40, buffer));
    }

    [Fact]
    public void A_failed_fetch_keeps_nothing_and_the_next_one_tries_again()
    {
        var fails = true;
        var cache = new BlockCache(new FailingRangeSource(Content, 0, () =>
        {
            if (fails)
            {
                throw new IOException("The line is down.");
            }
        }));
        var buffer = new byte[100];

        Assert.Throws<IOException>(() => cache.Read(50, buffer));
        fails = false;

        Assert.Equal(100, cache.Read(50, buffer));
        Assert.True(buffer.AsSpan().SequenceEqual(Content.AsSpan(50, 100)));
    }

    private static byte[] MakeContent(int length)
    {
        var content = new byte[length];
        new Random(5).NextBytes(content);
        return content;
    }

    /// <summary>A slide of any length whose bytes follow from their place.</summary>
    private sealed class EndlessSource(long length) : IRangeSource
    {
        public long Length => length;

        public static byte At(long offset) => (byte)((offset >> 12) % 251);

        public void Read(long offset, Span<byte> buffer)
        {
            for (var i = 0; i < buffer.Length; i++)
            {
                buffer[i] = At(offset + i);
            }
        }
    }
}
