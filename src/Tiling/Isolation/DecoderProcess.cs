using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// A decoder process seen from its parent: gets requests and the slide's bytes, gives properties and pixels. It has none
/// of the parent's environment, so no connection string, and is ended when it takes more memory or time than it may.
/// </summary>
internal sealed class DecoderProcess : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);
    private static readonly string[] KeptVariables = ["PATH", "LANG", "HOME", "TMPDIR", "DOTNET_ROOT", "VIPS_CONCURRENCY"];

    private readonly Process process;
    private readonly DecoderChannel channel;
    private readonly DecoderOptions options;
    private readonly TimeProvider time;
    private string? ended;
    private Exception? sourceFailure;

    private DecoderProcess(Process process, DecoderOptions options, TimeProvider time)
    {
        this.process = process;
        this.options = options;
        this.time = time;
        channel = new DecoderChannel(new BufferedStream(process.StandardOutput.BaseStream, 1 << 16), new BufferedStream(process.StandardInput.BaseStream, 1 << 16));
    }

    /// <summary>True while the last request ended as it should, so that another can be sent.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>True where the process is gone.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Starts a decoder: this program again, with one argument.</summary>
    public static DecoderProcess Start(string program, DecoderOptions options, TimeProvider time)
    {
        var start = new ProcessStartInfo(program, [DecoderProgram.Argument]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Except(KeptVariables).ToList())
        {
            start.Environment.Remove(name);
        }

        return new DecoderProcess(Process.Start(start)!, options, time);
    }

    /// <summary>Decodes a slide; blocking, for a thread of its own.</summary>
    /// <exception cref="SlideRefusedException">The slide can't be decoded.</exception>
    /// <exception cref="DecoderCrashedException">The process died or was ended.</exception>
    public (SlideProperties Properties, TargetPixels Pixels) Decode(IRangeSource source, TilingRequest request, CancellationToken cancellationToken) =>
        Watched(
            request.SlideName,
            () =>
            {
                channel.Write(DecoderFrame.Request, JsonSerializer.SerializeToUtf8Bytes(new DecoderRequest(source.Length, request), DecoderJson.Default.DecoderRequest));
                return Converse(source, request);
            },
            cancellationToken);

    /// <summary>Makes a JPEG of a small TIFF; blocking.</summary>
    /// <inheritdoc cref="Decode" path="/exception"/>
    public byte[] Draw(byte[] tiff, PictureRequest request, CancellationToken cancellationToken) =>
        Watched(
            request.Slide,
            () =>
            {
                channel.Write(DecoderFrame.PictureRequest, JsonSerializer.SerializeToUtf8Bytes(request, DecoderJson.Default.PictureRequest));
                channel.Write(DecoderFrame.Bytes, tiff);
                return ReadPicture(request.Slide);
            },
            cancellationToken);

    private byte[] ReadPicture(string slide)
    {
        var (kind, length) = channel.ReadHead();
        return kind switch
        {
            DecoderFrame.Picture => channel.ReadContent(length),
            DecoderFrame.Refused => throw new SlideRefusedException(JsonSerializer.Deserialize(channel.ReadContent(length), DecoderJson.Default.SlideFailure)!),
            DecoderFrame.Failed => throw new DecoderCrashedException(slide, $"failed ({Encoding.UTF8.GetString(channel.ReadContent(length))})"),
            _ => throw OutOfTurn(kind, length),
        };
    }

    private TResult Watched<TResult>(string slide, Func<TResult> exchange, CancellationToken cancellationToken)
    {
        IsUsable = false;
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchAsync(time.GetTimestamp(), watching.Token);
        try
        {
            var result = exchange();
            IsUsable = true;
            return result;
        }
        catch (SlideRefusedException)
        {
            IsUsable = true;
            throw;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException && !IsOfSource(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            process.Kill();
            process.WaitForExit();
            throw new DecoderCrashedException(slide, ended ?? $"ended with exit code {process.ExitCode}");
        }
        finally
        {
            watching.Cancel();
            watch.GetAwaiter().GetResult();
        }
    }

    private static InvalidDataException OutOfTurn(DecoderFrame kind, int length) => new($"The decoder sent a frame of kind {kind} with {length} bytes out of turn.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private bool IsOfSource(Exception exception) => ReferenceEquals(exception, sourceFailure);

    private (SlideProperties Properties, TargetPixels Pixels) Converse(IRangeSource source, TilingRequest request)
    {
        sourceFailure = null;
        SlideProperties? properties = null;
        TargetPixels? pixels = null;
        var filled = 0;
        while (true)
        {
            var (kind, length) = channel.ReadHead();
            switch (kind)
            {
                case DecoderFrame.Read:
                    Answer(source, channel.ReadContent(length));
                    break;
                case DecoderFrame.Properties:
                    properties = JsonSerializer.Deserialize(channel.ReadContent(length), DecoderJson.Default.SlideProperties)!;
                    pixels = TargetPixels.Empty(properties.GridFor(request.TargetSpacingUmPx, request.PatchSidePixels, request.StridePixels));
                    break;
                case DecoderFrame.Pixels when pixels is not null && length <= pixels.Bytes.Length - filled:
                    channel.ReadContent(pixels.Bytes.AsSpan(filled, length));
                    filled += length;
                    break;
                case DecoderFrame.End when filled == pixels?.Bytes.Length:
                    return (properties!, pixels);
                case DecoderFrame.Refused:
                    // An error of storage may look like one of the slide to the decoder.
                    var failure = JsonSerializer.Deserialize(channel.ReadContent(length), DecoderJson.Default.SlideFailure)!;
                    throw sourceFailure ?? new SlideRefusedException(failure);
                case DecoderFrame.Failed:
                    var text = Encoding.UTF8.GetString(channel.ReadContent(length));
                    throw sourceFailure ?? new DecoderCrashedException(request.SlideName, $"failed ({text})");
                default:
                    throw OutOfTurn(kind, length);
            }
        }
    }

    private void Answer(IRangeSource source, ReadOnlySpan<byte> range)
    {
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(range[8..])];
        try
        {
            source.Read(BinaryPrimitives.ReadInt64LittleEndian(range), bytes);
        }
#pragma warning disable CA1031 // Kept, and thrown again when the decoder has heard of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            sourceFailure ??= exception;
            channel.Write(DecoderFrame.NoBytes, []);
            return;
        }

        channel.Write(DecoderFrame.Bytes, bytes);
    }

    private async Task WatchAsync(long started, CancellationToken stopping)
    {
        while (!process.HasExited)
        {
            process.Refresh();
            ended = process.WorkingSet64 > (long)options.MostMebibytes << 20 ? $"took more than {options.MostMebibytes} MiB of memory and was ended"
                : time.GetElapsedTime(started) > options.MostTime ? $"took longer than {options.MostTime} and was ended"
                : null;
            if (ended is not null)
            {
                process.Kill();
                return;
            }

            await Task.Delay(WatchInterval, time, stopping).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
