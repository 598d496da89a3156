using System.Text;
using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// The decoder process: decodes one slide after another out of bytes that its parent hands it, over its standard input
/// and output, until the parent has gone. It opens no connection, and no file but OpenSlide's copy of a slide.
/// </summary>
public static class DecoderProgram
{
    /// <summary>The argument with which the handler's own program runs as a decoder.</summary>
    public const string Argument = "decode";

    /// <summary>Serves requests until the parent's end of standard input closes.</summary>
    public static async Task<int> RunAsync()
    {
        // Blocks are decoded by as many threads of ours as there are cores.
        NetVips.NetVips.Concurrency = 1;
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        return await ServeAsync(input, output);
    }

    /// <summary>Serves requests until the input ends.</summary>
    internal static async Task<int> ServeAsync(Stream input, Stream output)
    {
        var channel = new DecoderChannel(new BufferedStream(input, 1 << 16), new BufferedStream(output, 1 << 16));
        using var files = new ViewedFiles();
        try
        {
            while (true)
            {
                var (_, length) = channel.ReadHead();
                var request = JsonSerializer.Deserialize(channel.ReadContent(length), DecoderJson.Default.DecoderRequest)!;
                await AnswerAsync(channel, files, request);
                if (request is DecoderRequest.Tile or DecoderRequest.Cut)
                {
                    // The next slide begins with the memory that the first one did, while its parent has work with this one.
                    // Viewers' tiles need little, and their next one waits.
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException)
        {
            return 0;
        }
    }

    private static async Task AnswerAsync(DecoderChannel channel, ViewedFiles files, DecoderRequest request)
    {
        try
        {
            channel.Write(DecoderFrame.Done, await WorkAsync(channel, files, request));
        }
        catch (SlideRefusedException refused)
        {
            channel.Write(DecoderFrame.Refused, JsonSerializer.SerializeToUtf8Bytes(refused.Failure, DecoderJson.Default.SlideFailure));
        }
#pragma warning disable CA1031 // The boundary to the parent: whatever failed, it must hear of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            channel.Write(DecoderFrame.Failed, Encoding.UTF8.GetBytes($"{exception.GetType().Name}: {exception.Message}"));
        }
    }

    private static async Task<byte[]> WorkAsync(DecoderChannel channel, ViewedFiles files, DecoderRequest request)
    {
        switch (request)
        {
            case DecoderRequest.Tile tile:
                var tiled = await SlideTiler.TileAsync(new ParentRangeSource(channel, tile.Length), tile.Tiling, Send, CancellationToken.None);
                return JsonSerializer.SerializeToUtf8Bytes(tiled, DecoderJson.Default.TiledSlide);
            case DecoderRequest.Cut cut:
                await SlideTiler.CutAsync(new ParentRangeSource(channel, cut.Length), cut.Tiling, cut.Cells, Send, CancellationToken.None);
                return [];
            case DecoderRequest.CheckMask mask:
                return Encoding.UTF8.GetBytes(GivenMask.ReasonAgainst(mask.Png, mask.SlideWidth, mask.SlideHeight) ?? "");
            case DecoderRequest.Draw draw:
                var tiff = new byte[draw.Length];
                new ParentRangeSource(channel, draw.Length).Read(0, tiff);
                return Picture.Draw(tiff, draw.Picture);
            case DecoderRequest.MakePyramid pyramid:
                ViewedFiles.MakePyramid(new ParentRangeSource(channel, pyramid.Length), pyramid.Slide, pyramid.Path);
                return [];
            case DecoderRequest.Levels levels:
                return JsonSerializer.SerializeToUtf8Bytes(files.Levels(levels.Path, levels.Slide), DecoderJson.Default.ListLevelSize);
            case DecoderRequest.DrawCopy copy:
                return files.Draw(copy.Path, copy.Region, copy.Picture);
            default:
                throw new InvalidDataException($"{request.GetType().Name} is not served.");
        }

        ValueTask Send(IReadOnlyList<Slides.Runs.PlannedCell> cells, ReadOnlyMemory<byte> patches, CancellationToken cancellationToken)
        {
            channel.Write(DecoderFrame.Patches, PatchFrame.Head(cells), patches.Span);
            return ValueTask.CompletedTask;
        }
    }
}
