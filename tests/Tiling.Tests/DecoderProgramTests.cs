using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Isolation;

namespace IdcFunctions.Tiling.Tests;

/// <summary>The decoder's side of the pipe, in this process.</summary>
public sealed class DecoderProgramTests
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(500, 400, 4, 3).ToLibvipsPyramid(4);

    [Fact]
    public async Task A_decoder_delivers_what_tiling_in_this_process_does()
    {
        var here = await SlideUnderTest.OpenAsync(Slide);

        var (cells, patches, answer) = await AskAsync(new DecoderRequest.Tile(Slide.Length, SlideUnderTest.Request()));

        var there = JsonSerializer.Deserialize(answer, DecoderJson.Default.TiledSlide)!;
        Assert.Equal(JsonSerializer.Serialize(here.Tiled, DecoderJson.Default.TiledSlide), JsonSerializer.Serialize(there, DecoderJson.Default.TiledSlide));
        Assert.Equal(here.TissueCells, cells);
        Assert.Equal(Cut(here, cells), patches);
    }

    [Fact]
    public async Task A_decoder_cuts_the_cells_that_it_is_asked_for()
    {
        var here = await SlideUnderTest.OpenAsync(Slide);
        ImmutableArray<PlannedCell> wanted = [new PlannedCell(0, 3, PatchQualities.None), new PlannedCell(2, 1, PatchQualities.Blurred)];

        var (cells, patches, answer) = await AskAsync(new DecoderRequest.Cut(Slide.Length, SlideUnderTest.Request(), wanted));

        Assert.Empty(answer);
        Assert.Equal(wanted, cells);
        Assert.Equal(Cut(here, cells), patches);
    }

    [Theory]
    [InlineData(500, 400, "")]
    [InlineData(500, 300, "proportions differ")]
    public async Task A_decoder_says_why_a_mask_can_not_be_used(int width, int height, string reason)
    {
        var mask = SyntheticSlide.OfGlass(250, 200).ToPng();

        var (_, _, answer) = await AskAsync(new DecoderRequest.CheckMask(mask, width, height));

        Assert.Contains(reason, System.Text.Encoding.UTF8.GetString(answer), StringComparison.Ordinal);
        Assert.Equal(reason.Length == 0, answer.Length == 0);
    }

    /// <summary>Its header is whole, and decoding it is what the run would fail at.</summary>
    [Fact]
    public async Task A_mask_whose_pixels_are_cut_off_can_not_be_used()
    {
        var mask = SyntheticSlide.OfTissue(250, 200, 4, 5).ToPng();

        var (_, _, answer) = await AskAsync(new DecoderRequest.CheckMask(mask[..(mask.Length / 2)], 500, 400));

        Assert.StartsWith("it is no PNG that can be read", System.Text.Encoding.UTF8.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_mask_can_not_be_used()
    {
        var (_, _, answer) = await AskAsync(new DecoderRequest.CheckMask([], null, null));

        Assert.Equal("it is empty."u8.ToArray(), answer);
    }

    private static byte[] Cut(CollectedSlide slide, IReadOnlyList<PlannedCell> cells)
    {
        var patches = new byte[cells.Count * 7500];
        slide.Cut([.. cells], patches);
        return patches;
    }

    /// <summary>Plays the parent.</summary>
    private static async Task<(IReadOnlyList<PlannedCell> Cells, byte[] Patches, byte[] Answer)> AskAsync(DecoderRequest request)
    {
        var (down, up) = (new Pipe(), new Pipe(new PipeOptions(pauseWriterThreshold: 0)));
        var decoder = Task.Run(() => DecoderProgram.ServeAsync(down.Reader.AsStream(), up.Writer.AsStream()), TestContext.Current.CancellationToken);
        var channel = new DecoderChannel(up.Reader.AsStream(), down.Writer.AsStream());
        channel.Write(DecoderFrame.Request, JsonSerializer.SerializeToUtf8Bytes(request, DecoderJson.Default.DecoderRequest));
        var cells = new List<PlannedCell>();
        var patches = new MemoryStream();
        while (true)
        {
            var (kind, length) = channel.ReadHead();
            var content = channel.ReadContent(length);
            switch (kind)
            {
                case DecoderFrame.Read:
                    var at = (int)BitConverter.ToInt64(content);
                    channel.Write(DecoderFrame.Bytes, Slide.AsSpan(at, BitConverter.ToInt32(content, 8)));
                    break;
                case DecoderFrame.Patches:
                    var (some, pixels) = PatchFrame.Read(content, 7500);
                    cells.AddRange(some);
                    await patches.WriteAsync(pixels, TestContext.Current.CancellationToken);
                    break;
                case DecoderFrame.Done:
                    await down.Writer.CompleteAsync();
                    Assert.Equal(0, await decoder);
                    return (cells, patches.ToArray(), content);
                default:
                    Assert.Fail($"{kind}: {System.Text.Encoding.UTF8.GetString(content)}");
                    break;
            }
        }
    }
}
