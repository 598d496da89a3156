using System.Text;
using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// The decoder process: decodes one slide after another out of bytes that its parent hands it, over its standard input
/// and output, until the parent has gone. It opens no file and no connection.
/// </summary>
public static class DecoderProgram
{
    /// <summary>The argument with which the handler's own program runs as a decoder.</summary>
    public const string Argument = "decode";

    private const int PixelsAtOnce = 1 << 20;

    /// <summary>Serves requests until the parent's end of standard input closes.</summary>
    public static int Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        var channel = new DecoderChannel(new BufferedStream(input, 1 << 16), new BufferedStream(output, 1 << 16));
        try
        {
            while (true)
            {
                var (kind, length) = channel.ReadHead();
                var request = channel.ReadContent(length);
                Serve(channel, kind == DecoderFrame.PictureRequest
                    ? () => Draw(channel, JsonSerializer.Deserialize(request, DecoderJson.Default.PictureRequest)!)
                    : () => Decode(channel, JsonSerializer.Deserialize(request, DecoderJson.Default.DecoderRequest)!));
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException)
        {
            return 0;
        }
    }

    private static void Decode(DecoderChannel channel, DecoderRequest request)
    {
        var (properties, pixels) = SlideTiler.Decode(new ParentRangeSource(channel, request.Length), request.Tiling, CancellationToken.None);
        channel.Write(DecoderFrame.Properties, JsonSerializer.SerializeToUtf8Bytes(properties, DecoderJson.Default.SlideProperties));
        for (var rest = pixels.Bytes.AsSpan(); !rest.IsEmpty; rest = rest[Math.Min(PixelsAtOnce, rest.Length)..])
        {
            channel.Write(DecoderFrame.Pixels, rest[..Math.Min(PixelsAtOnce, rest.Length)]);
        }

        channel.Write(DecoderFrame.End, []);
    }

    private static void Draw(DecoderChannel channel, PictureRequest request)
    {
        var (_, length) = channel.ReadHead();
        channel.Write(DecoderFrame.Picture, Picture.Draw(channel.ReadContent(length), request));
    }

    private static void Serve(DecoderChannel channel, Action answer)
    {
        try
        {
            answer();
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
}
