using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Tests.Viewing;

/// <summary>What would take too much is refused before it is fetched, and before a decoder is started.</summary>
[Collection(nameof(MemoryMeasured))]
public sealed class ViewedTiffTests : IDisposable
{
    private readonly SlideDecoders decoders = new("/no/such/program", new DecoderOptions(), TimeProvider.System);

    [Fact]
    public async Task A_slide_in_one_large_strip_can_t_be_looked_at_and_says_so()
    {
        var source = new MemoryRangeSource((new SyntheticTiff { Downsamples = [1], IsStriped = true }).Encode(SyntheticSlide.OfGlass(6000, 6000)));
        var slide = ViewedTiff.TryOpen(source, "a.tif", out _)!;
        var opened = source.BytesRead;

        var lowest = Assert.Throws<SlideRefusedException>(() => slide.LowestLevel);
        var tile = await Assert.ThrowsAsync<SlideRefusedException>(() => slide.DrawTileAsync(slide.Pyramid.HighestLevel, 0, 0, decoders, TestContext.Current.CancellationToken));

        Assert.Equal(("slide-too-large", "slide-too-large"), (lowest.Failure.Code, tile.Failure.Code));
        Assert.InRange(source.BytesRead - opened, 0, 1000);
    }

    /// <summary>More pixels than any whole number holds.</summary>
    [Fact]
    public void A_tile_of_all_pixels_that_a_tag_can_claim_is_refused()
    {
        var page = (new SyntheticTiff { Downsamples = [1], TileSide = 512 }).Pages(SyntheticSlide.OfGlass(500, 500))[0];
        var huge = page.With(new TiffEntry(322, 4, uint.MaxValue)).With(new TiffEntry(323, 4, uint.MaxValue));
        var slide = ViewedTiff.TryOpen(new MemoryRangeSource(TiffBytes.Write([huge])), "a.tif", out _)!;

        Assert.Equal("slide-too-large", Assert.Throws<SlideRefusedException>(() => slide.LowestLevel).Failure.Code);
    }

    [Fact]
    public async Task More_tiles_than_a_whole_number_counts_are_refused()
    {
        var page = (new SyntheticTiff { Downsamples = [1], TileSide = 512 }).Pages(SyntheticSlide.OfGlass(500, 500))[0];
        TiffEntry[] claims = [new(256, 4, int.MaxValue), new(257, 4, int.MaxValue), new(322, 4, 1), new(323, 4, 1), new(277, 3, 3), new(284, 3, 2)];
        var file = TiffBytes.Write([claims.Aggregate(page, static (page, claim) => page.With(claim))]);

        var slide = ViewedTiff.TryOpen(new MemoryRangeSource(file), "a.tif", out _)!;

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => slide.DrawTileAsync(slide.Pyramid.HighestLevel, 0, 0, decoders, TestContext.Current.CancellationToken));

        Assert.Equal("slide-damaged", refused.Failure.Code);
    }

    [Fact]
    public void An_empty_file_is_said_to_be_empty() =>
        Assert.Equal("file-empty", Assert.Throws<SlideRefusedException>(() => ViewedTiff.TryOpen(new MemoryRangeSource([]), "a.tif", out _)).Failure.Code);

    /// <summary>However little of a tile lies in the level, all of it is decoded.</summary>
    [Fact]
    public async Task A_tile_larger_than_its_level_counts_whole()
    {
        var page = (new SyntheticTiff { Downsamples = [1], TileSide = 512 }).Pages(SyntheticSlide.OfGlass(500, 500))[0];
        var huge = page.With(new TiffEntry(322, 4, 8000)).With(new TiffEntry(323, 4, 8000));
        var slide = ViewedTiff.TryOpen(new MemoryRangeSource(TiffBytes.Write([huge])), "a.tif", out _)!;

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => slide.DrawTileAsync(slide.Pyramid.HighestLevel, 0, 0, decoders, TestContext.Current.CancellationToken));

        Assert.Contains("64000000 px", refused.Failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tiles_that_claim_many_bytes_each_are_not_fetched()
    {
        var page = (new SyntheticTiff { Downsamples = [1], Compression = TiffCompression.None }).Pages(SyntheticSlide.OfGlass(1024, 1024))[0];
        var file = TiffBytes.Write([page with { Chunks = [new byte[30_000_000], .. page.Chunks.Skip(1)] }]);
        var tiff = TiffPage.ReadAll(file)[0];
        var source = new MemoryRangeSource(TiffBytes.Write([tiff with { Chunks = [.. tiff.Chunks.Select(_ => new byte[30_000_000])] }]));
        var slide = ViewedTiff.TryOpen(source, "a.tif", out _)!;

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => slide.DrawThumbnailAsync(320, decoders, TestContext.Current.CancellationToken));

        Assert.Equal("slide-too-large", refused.Failure.Code);
        Assert.InRange(source.BytesRead, 0, 10_000);
    }

    /// <summary>OME's description may have megabytes, and so may a palette: many slides are kept open.</summary>
    [Fact]
    public void An_open_slide_keeps_no_text_and_counts_its_tags()
    {
        const int TextBytes = 4 << 20, Colours = 300_000;
        var page = (new SyntheticTiff { Downsamples = [1] }).Pages(SyntheticSlide.OfGlass(500, 500))[0];
        var plain = ViewedTiff.TryOpen(new MemoryRangeSource(TiffBytes.Write([page])), "a.tif", out _)!;
        var text = SyntheticTiff.Ome(1, 1).Replace("</OME>", $"<!--{new string(' ', TextBytes)}--></OME>", StringComparison.Ordinal);
        var source = new MemoryRangeSource(TiffBytes.Write([page.With(TiffEntry.Text(270, text)).With(new TiffEntry(320, 3, new ulong[Colours]))]));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var slide = ViewedTiff.TryOpen(source, "b.tif", out _)!;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.InRange(kept, long.MinValue, TextBytes / 4);
        Assert.Equal(plain.TableBytes + (2 * Colours), slide.TableBytes);
    }

    [Fact]
    public void The_lowest_level_of_a_pyramid_is_the_lowest_and_that_of_a_slide_without_one_is_what_its_tiles_allow()
    {
        var pyramid = ViewedTiff.TryOpen(new MemoryRangeSource(new SyntheticTiff().Encode(SyntheticSlide.OfGlass(6000, 6000))), "a.tif", out _)!;
        var full = ViewedTiff.TryOpen(new MemoryRangeSource((new SyntheticTiff { Downsamples = [1] }).Encode(SyntheticSlide.OfGlass(6000, 6000))), "a.tif", out _)!;

        Assert.Equal((0, true), (pyramid.LowestLevel, full.LowestLevel is > 0 and < 13));
    }

    /// <inheritdoc/>
    public void Dispose() => decoders.Dispose();
}
