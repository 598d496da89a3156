using IdcFunctions.Fixtures;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Tests.Reading;

public sealed class SlideStreamTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];

    [Theory]
    [InlineData(40, SeekOrigin.Begin, 40)]
    [InlineData(-10, SeekOrigin.End, 90)]
    [InlineData(5, SeekOrigin.Current, 15)]
    public void A_seek_moves_to_the_place_it_names(long offset, SeekOrigin origin, byte expected)
    {
        using var stream = new SlideStream(new BlockCache(new MemoryRangeSource(Content)), TestContext.Current.CancellationToken) { Position = 10 };

        Assert.Equal(expected, stream.Seek(offset, origin));
        Assert.Equal(expected, stream.ReadByte());
    }

    [Theory]
    [InlineData(long.MaxValue, SeekOrigin.Begin)]
    [InlineData(long.MaxValue, SeekOrigin.Current)]
    [InlineData(long.MaxValue, SeekOrigin.End)]
    [InlineData(long.MinValue, SeekOrigin.Current)]
    [InlineData(-1, SeekOrigin.Begin)]
    public void A_seek_to_nowhere_finds_no_bytes_and_is_no_failure_of_storage(long offset, SeekOrigin origin)
    {
        using var stream = new SlideStream(new BlockCache(new MemoryRangeSource(Content)), TestContext.Current.CancellationToken) { Position = 10 };

        stream.Seek(offset, origin);

        Assert.Equal(0, stream.Read(new byte[10]));
        Assert.Null(stream.Failure);
    }
}
