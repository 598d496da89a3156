using IdcFunctions.Fixtures;
using IdcFunctions.Slides;

namespace IdcFunctions.Tiling.Tests;

/// <summary>What a slide's storage says in mid-read reaches the caller as it is, also from deep inside libvips.</summary>
public sealed class SlideSourceTests
{
    // Levels of several blocks of the cache each, so that storage is read before, while and after libvips opens them.
    private static readonly SyntheticSlide Tissue = SyntheticSlide.OfTissue(1200, 1200, 1, 2);
    private static readonly SyntheticSlide LargeTissue = SyntheticSlide.OfTissue(3000, 2400, 1, 2);

    public static TheoryData<string, double?> Formats => new() { { "tiff", null }, { "striped", null }, { "jpeg-tiff", null }, { "png", 1 }, { "jpeg", 1 } };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_slide_that_changes_at_any_read_says_exactly_that(string format, double? spacing)
    {
        var content = Encode(format);
        var reads = await CountReadsAsync(content, spacing);
        Assert.InRange(reads, 3, 1000);
        for (var good = 0; good < reads; good++)
        {
            var changed = new SlideChangedException(SlideUnderTest.Name);

            Assert.Same(changed, await Assert.ThrowsAsync<SlideChangedException>(() => SlideUnderTest.OpenAsync(new FailingRangeSource(content, good, () => throw changed), spacing)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_error_of_storage_at_any_read_surfaces_as_itself(string format, double? spacing)
    {
        var content = Encode(format);
        var reads = await CountReadsAsync(content, spacing);
        for (var good = 0; good < reads; good++)
        {
            var down = new IOException("The line is down.");

            Assert.Same(down, await Assert.ThrowsAsync<IOException>(() => SlideUnderTest.OpenAsync(new FailingRangeSource(content, good, () => throw down), spacing)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_error_of_storage_is_not_asked_for_again(string format, double? spacing)
    {
        var content = Encode(format);
        for (var good = 0; good < await CountReadsAsync(content, spacing); good++)
        {
            var source = new FailingRangeSource(content, good, () => throw new IOException("The line is down."));

            await Assert.ThrowsAsync<IOException>(() => SlideUnderTest.OpenAsync(source, spacing));
            Assert.Equal(good + 1, source.Reads);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Cancelling_at_any_read_surfaces_as_cancellation(string format, double? spacing)
    {
        var content = Encode(format);
        var reads = await CountReadsAsync(content, spacing);
        for (var good = 0; good < reads; good++)
        {
            using var cancellation = new CancellationTokenSource();
            var source = new FailingRangeSource(content, good, cancellation.Cancel);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CollectedSlide.OpenAsync(source, SlideUnderTest.Request(spacing), cancellation.Token));
        }
    }

    [Fact]
    public async Task Cancelling_before_the_first_read_reads_nothing()
    {
        var source = new MemoryRangeSource(Encode("tiff"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CollectedSlide.OpenAsync(source, SlideUnderTest.Request(), new CancellationToken(canceled: true)));
        Assert.Equal(0, source.Reads);
    }

    private static byte[] Encode(string format) => format switch
    {
        "png" => Tissue.ToPng(),
        "jpeg" => LargeTissue.ToJpeg(),
        "striped" => new SyntheticTiff { Downsamples = [1], IsStriped = true, Compression = TiffCompression.None, Description = SyntheticTiff.Aperio(1) }.Encode(Tissue),
        "jpeg-tiff" => new SyntheticTiff { Downsamples = [1], Compression = TiffCompression.Jpeg, Description = SyntheticTiff.Aperio(1) }.Encode(LargeTissue),
        _ => new SyntheticTiff { Downsamples = [1], Description = SyntheticTiff.Aperio(1) }.Encode(Tissue),
    };

    private static async Task<int> CountReadsAsync(byte[] content, double? spacing)
    {
        var source = new MemoryRangeSource(content);
        await SlideUnderTest.OpenAsync(source, spacing);
        return source.Reads;
    }
}
