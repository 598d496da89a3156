using System.Diagnostics;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;

namespace IdcFunctions.Tiling.Tests;

/// <summary>Files made to harm: each is refused before it has cost time or memory.</summary>
[Collection(nameof(MemoryMeasured))]
public sealed class HostileSlideTests
{
    private const long MostBytes = 64 << 20;

    /// <summary>About the length of the directories at the end of the files whose bytes are flipped.</summary>
    private const int DirectoryBytes = 1500;

    /// <summary>Its level 0 is finer than the model's spacing, so the pages behind it are looked through for a coarser one.</summary>
    private static readonly SyntheticTiff Walked = new() { Downsamples = [1], TileSide = 64, Description = SyntheticTiff.Aperio(1) };

    private static readonly SyntheticTiff Layout = new() { Downsamples = [1], TileSide = 64, Description = SyntheticTiff.Aperio(4) };
    private static readonly SyntheticSlide Glass = SyntheticSlide.OfGlass(128, 128);
    private static readonly SyntheticSlide LargeGlass = SyntheticSlide.OfGlass(256, 256);

    [Theory]
    [InlineData(false, 1_000_000_000, 1_000_000_000, "slide-too-large")]
    [InlineData(true, 1_000_000_000, 1_000_000_000, "slide-too-large")]
    [InlineData(true, 1L << 62, 1L << 62, "slide-too-large")]
    [InlineData(true, ulong.MaxValue, ulong.MaxValue, "slide-damaged")]
    [InlineData(false, 100_000, 100_000, "slide-too-large")]
    [InlineData(false, 400_000_000, 50, "slide-too-large")]
    [InlineData(false, 50, 400_000_000, "slide-too-large")]
    [InlineData(false, 6_000_000, 50, "slide-too-large")]
    [InlineData(false, 15_000, 15_000, "slide-damaged")]
    public Task A_tiff_that_claims_an_absurd_size_takes_no_memory(bool isBig, ulong width, ulong height, string code) =>
        AssertCheaplyRefusedAsync(code, TiffBytes.Write([Layout.Pages(Glass)[0].With(new TiffEntry(256, isBig ? 16 : 4, width)).With(new TiffEntry(257, isBig ? 16 : 4, height))], isBig));

    [Theory]
    [InlineData(16_000, 16_000)]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(4_294_967_280, 4_294_967_280)]
    [InlineData(0, 64)]
    [InlineData(64, 0)]
    public Task A_tiff_of_one_absurdly_large_tile_takes_no_memory(uint tileWidth, uint tileHeight)
    {
        var page = Layout.Pages(SyntheticSlide.OfGlass(64, 64))[0];
        return AssertCheaplyRefusedAsync(
            "slide-damaged",
            TiffBytes.Write([page.With(new TiffEntry(256, 4, 15_000)).With(new TiffEntry(257, 4, 15_000)).With(new TiffEntry(322, 4, tileWidth)).With(new TiffEntry(323, 4, tileHeight))]));
    }

    [Fact]
    public Task A_tiff_of_one_absurdly_large_strip_takes_no_memory() =>
        AssertCheaplyRefusedAsync(
            "slide-damaged",
            TiffBytes.Write([(Layout with { IsStriped = true }).Pages(Glass)[0].With(new TiffEntry(256, 4, 15_000)).With(new TiffEntry(257, 4, 15_000)).With(new TiffEntry(278, 4, 15_000))]));

    [Theory]
    [InlineData(2_000_000, 400, "slide-too-large")]
    [InlineData(900_000, 400, "slide-damaged")]
    public Task A_jpeg_strip_that_must_be_decoded_whole_takes_no_memory(uint width, uint height, string code) =>
        AssertCheaplyRefusedAsync(
            code,
            TiffBytes.Write([(Layout with { IsStriped = true, Compression = TiffCompression.Jpeg, Description = SyntheticTiff.Aperio(1) }).Pages(Glass)[0]
                .With(new TiffEntry(256, 4, width)).With(new TiffEntry(257, 4, height)).With(new TiffEntry(278, 4, height))]));

    [Theory]
    [InlineData(324, ulong.MaxValue / 4, "slide-truncated")]
    [InlineData(324, (ulong)long.MaxValue, "slide-truncated")]
    [InlineData(324, (1UL << 60) + 1, "slide-truncated")]
    [InlineData(256, (1UL << 61) + 1, "slide-damaged")]
    [InlineData(270, 1UL << 40, "slide-truncated")]
    [InlineData(270, 60UL << 20, "slide-truncated")]
    public Task An_entry_that_claims_more_values_than_there_are_takes_no_memory(int tag, ulong count, string code)
    {
        var page = Layout.Pages(Glass)[0];
        var entry = page.Entries.FirstOrDefault(entry => entry.Tag == tag) ?? new TiffEntry(tag, 16, 16, 16);
        return AssertCheaplyRefusedAsync(code, TiffBytes.Write([page.With(entry with { ClaimedCount = count })], isBig: true));
    }

    [Theory]
    [InlineData(320)]
    [InlineData(347)]
    [InlineData(532)]
    public Task A_tag_of_the_pixels_that_claims_more_values_than_a_number_holds_bytes_is_refused(int tag) =>
        AssertCheaplyRefusedAsync("slide-damaged", TiffBytes.Write([Layout.Pages(Glass)[0].With(new TiffEntry(tag, 16, 16, 16) { ClaimedCount = (1UL << 60) + 1 })], isBig: true));

    [Theory]
    [InlineData(259, 4_000_000_000)]
    [InlineData(296, 4_000_000_000)]
    public async Task A_number_beyond_its_range_gives_a_result_or_a_refusal(int tag, uint value) =>
        await AssertResultOrRefusalAsync(TiffBytes.Write([Layout.Pages(Glass)[0].With(new TiffEntry(tag, 4, value))]));

    [Fact]
    public Task Directories_that_form_a_loop_are_refused()
    {
        var file = TiffBytes.Write([Walked.Pages(LargeGlass)[0], Walked.Pages(LargeGlass)[0]]);
        file.AsSpan(4, 4).CopyTo(file.AsSpan(file.Length - 4));
        return AssertCheaplyRefusedAsync("slide-damaged", file);
    }

    [Fact]
    public Task A_million_pages_are_refused()
    {
        var page = Walked.Pages(LargeGlass)[0];
        var tiny = new TiffPage([new TiffEntry(256, 4, 1)], [], false);
        return AssertCheaplyRefusedAsync("slide-too-large", TiffBytes.Write([page, .. Enumerable.Repeat(tiny, 1_000_000)]));
    }

    [Fact]
    public Task Many_pages_that_share_one_huge_list_of_tiles_take_its_memory_never()
    {
        // 200 lists of 16 MiB in a file of 17 MB: 3 GB to read and 6 GB to hold, if each were.
        var page = Layout.Pages(Glass)[0];
        var file = TiffBytes.Write([.. Enumerable.Repeat(page.With(new TiffEntry(324, 4, 0, 0) { ClaimedCount = 4 << 20 }), 200)]);
        Array.Resize(ref file, 17 << 20);
        return AssertCheaplyRefusedAsync("slide-damaged", file, 64 << 20);
    }

    [Fact]
    public Task Many_pages_that_share_one_huge_text_take_its_memory_once()
    {
        var page = Layout.Pages(Glass)[0];
        var file = TiffBytes.Write([.. Enumerable.Repeat(page.With(new TiffEntry(270, 2, 0, 0, 0, 0, 0) { ClaimedCount = 8 << 20 }), 200)]);
        Array.Resize(ref file, 9 << 20);
        return AssertCheaplyRefusedAsync("spacing-unknown", file);
    }

    [Fact]
    public Task An_interlaced_picture_that_must_be_held_whole_takes_no_memory()
    {
        var png = SyntheticSlide.OfGlass(200, 200).ToPng(isInterlaced: true);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60_000);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 60_000);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), System.IO.Hashing.Crc32.HashToUInt32(png.AsSpan(12, 17)));
        return AssertCheaplyRefusedAsync("slide-too-large", png, spacing: 0.25);
    }

    [Theory]
    [InlineData(false, TiffCompression.Deflate)]
    [InlineData(true, TiffCompression.Deflate)]
    [InlineData(false, TiffCompression.Jpeg)]
    [InlineData(true, TiffCompression.None)]
    public async Task A_tiff_with_flipped_bytes_gives_a_result_or_a_refusal(bool isBig, TiffCompression compression)
    {
        var layout = new SyntheticTiff
        {
            Downsamples = [1, 4],
            TileSide = 64,
            IsBig = isBig,
            Compression = compression,
            Description = SyntheticTiff.Ome(1, 1),
            ResolutionUmPx = (1, 1),
            HasSubImages = isBig,
        };
        var slide = SyntheticSlide.OfTissue(420, 400, 1, 3);
        var intact = layout.Encode(slide);
        Assert.NotEmpty((await SlideUnderTest.OpenAsync(intact)).TissueCells);
        var random = new Random(17);
        for (var mutation = 0; mutation < 100; mutation++)
        {
            var mutated = (byte[])intact.Clone();
            for (var flip = random.Next(1, 6); flip > 0; flip--)
            {
                // Most flips hit the directories at the file's end: a flip among the pixels seldom matters.
                var at = random.Next(4) == 0 ? random.Next(mutated.Length) : mutated.Length - 1 - random.Next(DirectoryBytes);
                mutated[at] ^= (byte)(1 << random.Next(8));
            }

            await AssertResultOrRefusalAsync(mutated);
        }
    }

    private static async Task AssertResultOrRefusalAsync(byte[] content)
    {
        try
        {
            var tiled = await SlideUnderTest.OpenAsync(content);
            Assert.InRange(tiled.TissueCells.Length, 0, tiled.Grid.Rows * tiled.Grid.Columns);
        }
        catch (SlideRefusedException refused)
        {
            Assert.StartsWith(SlideUnderTest.Name, refused.Failure.Reason, StringComparison.Ordinal);
        }
    }

    private static async Task AssertCheaplyRefusedAsync(string code, byte[] content, long mostBytes = MostBytes, double? spacing = null)
    {
        // The first refusal loads code and starts libvips; the second is measured.
        await SlideUnderTest.AssertRefusedAsync(code, content, spacing);
        var managed = GC.GetTotalAllocatedBytes(precise: true);
        var native = NetVips.Stats.MemHighwater;
        var started = Stopwatch.GetTimestamp();

        await SlideUnderTest.AssertRefusedAsync(code, content, spacing);

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - managed, 0, mostBytes);
        Assert.InRange((long)(NetVips.Stats.MemHighwater - native), 0, mostBytes);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
    }
}
