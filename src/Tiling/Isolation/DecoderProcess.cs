using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// A decoder process seen from its parent: gets requests and the slide's bytes, gives patches. It has none
/// of the parent's environment, so no connection string, and is ended when it takes more memory or time than it may.
/// </summary>
internal sealed class DecoderProcess : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);
    private static readonly string[] KeptVariables = ["PATH", "LANG", "HOME", "TMPDIR", "DOTNET_ROOT", "VIPS_CONCURRENCY"];

    /// <summary>Longest read: some tiles are fetched at once, of a damaged file at most as many bytes.</summary>
    private const int MostBytesOfRead = 1 << 28;

    private readonly Process process;
    private readonly DecoderChannel channel;
    private readonly DecoderOptions options;
    private readonly TimeProvider time;
    private string? ended;
    private TimeoutException? overdue;
    private Exception? parentFailure;

    private DecoderProcess(Process process, DecoderOptions options, TimeProvider time)
    {
        this.process = process;
        this.options = options;
        this.time = time;
        channel = new DecoderChannel(
            new BufferedStream(process.StandardOutput.BaseStream, 1 << 16),
            new BufferedStream(process.StandardInput.BaseStream, 1 << 16));
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

        // What is wrong with a slide stands in its row: libvips need not say it to the log as well.
        start.Environment["VIPS_WARNING"] = "1";

        // glibc would keep the blocks that threads free, in an arena for each: memory would grow with the number of blocks. From
        // 128 KB they go back to the system at once: at 1 MB the peak of a large slide is 30 MB higher.
        start.Environment["MALLOC_ARENA_MAX"] = "2";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "131072";

        // By default as much is allocated before a collection as the processor's third-level cache holds, often 32 MB or
        // more; here 4 MB (hexadecimal).
        start.Environment["DOTNET_GCgen0size"] = "400000";
        return new DecoderProcess(Process.Start(start)!, options, time);
    }

    /// <summary>Asks the decoder for something and serves it meanwhile; blocks on the pipe, so it wants a thread of its own.</summary>
    /// <exception cref="SlideRefusedException">The slide can't be decoded.</exception>
    /// <exception cref="DecoderCrashedException">The process died or was ended.</exception>
    /// <exception cref="TimeoutException">With what it had to wait for storage, the request took longer than may be.</exception>
    public async Task<byte[]> AskAsync(DecoderRequest request, DecoderTask task, CancellationToken cancellationToken)
    {
        IsUsable = false;
        (parentFailure, ended, overdue) = (null, null, null);
        var clock = new DecoderClock(time);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchAsync(clock, task.Slide, watching.Token);
        try
        {
            channel.Write(DecoderFrame.Request, JsonSerializer.SerializeToUtf8Bytes(request, DecoderJson.Default.DecoderRequest));
            var answer = await ConverseAsync(task, clock, cancellationToken);
            IsUsable = true;
            return answer;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException && !ReferenceEquals(exception, parentFailure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);

            // What storage did comes before what came of it for the decoder.
            throw parentFailure ?? overdue ?? (Exception)new DecoderCrashedException(task.Slide, ended ?? $"ended with exit code {process.ExitCode}");
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    /// <summary>Ends the process, so that whoever waits for it goes on; safe beside everything but <see cref="Dispose"/>.</summary>
    public void End() => process.Kill();

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        process.Dispose();
    }

    private async Task<byte[]> ConverseAsync(DecoderTask task, DecoderClock clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (kind, length) = channel.ReadHead();
            clock.GoOn();
            switch (kind)
            {
                case DecoderFrame.Waiting:
                    clock.Stand();
                    break;
                case DecoderFrame.Read when task.Source is not null:
                    clock.Stand();
                    Answer(task.Source, channel.ReadContent(length));
                    clock.GoOn();
                    break;
                case DecoderFrame.Patches when task.Receive is not null:
                    clock.Stand();
                    await ReceiveAsync(task, length, cancellationToken);
                    clock.GoOn();
                    break;
                case DecoderFrame.Done:
                    // A decoder may get on without the bytes that it did not get, and its answer would lack what they hold.
                    var answer = channel.ReadContent(length);
                    return parentFailure is null ? answer : throw parentFailure;
                case DecoderFrame.Refused:
                    // The decoder's last word on the request; a refusal by who receives the patches leaves it in mid-answer.
                    // An error of storage may look like one of the slide to it.
                    var failure = JsonSerializer.Deserialize(channel.ReadContent(length), DecoderJson.Default.SlideFailure)!;
                    IsUsable = true;
                    throw parentFailure ?? new SlideRefusedException(failure);
                case DecoderFrame.Failed:
                    var text = Encoding.UTF8.GetString(channel.ReadContent(length));
                    throw parentFailure ?? new DecoderCrashedException(task.Slide, $"failed ({text})");
                default:
                    throw new InvalidDataException($"The decoder sent a frame of kind {kind} with {length} bytes out of turn.");
            }
        }
    }

    private async Task ReceiveAsync(DecoderTask task, int length, CancellationToken cancellationToken)
    {
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            channel.ReadContent(frame.AsSpan(0, length));
            var (cells, patches) = PatchFrame.Read(frame.AsMemory(0, length), task.PatchBytes);
            try
            {
                await task.Receive!(cells, patches, cancellationToken);
            }
            catch (Exception exception)
            {
                parentFailure = exception;
                throw;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private void Answer(IRangeSource source, ReadOnlySpan<byte> range)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(range[8..]);
        if (count is < 0 or > MostBytesOfRead)
        {
            throw new InvalidDataException($"The decoder asks for {count} bytes.");
        }

        var bytes = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            source.Read(BinaryPrimitives.ReadInt64LittleEndian(range), bytes.AsSpan(0, count));
        }
#pragma warning disable CA1031 // Kept, and thrown again when the decoder has heard of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            parentFailure ??= exception;
            channel.Write(DecoderFrame.NoBytes, []);
            return;
        }

        channel.Write(DecoderFrame.Bytes, bytes.AsSpan(0, count));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private async Task WatchAsync(DecoderClock clock, string slide, CancellationToken stopping)
    {
        while (!process.HasExited)
        {
            ended = TookTooMuchMemory() ? $"took more than {options.MostMebibytes} MiB of memory and was ended"
                : clock.OfDecoder > options.MostTime ? $"took longer than {options.MostTime} and was ended"
                : null;
            overdue = clock.Total > options.MostTimeWithWaits
                ? new TimeoutException(
                    $"{slide}: with what it waited for storage, it was not decoded within {options.MostTimeWithWaits}.")
                : null;
            if (ended is not null || overdue is not null)
            {
                process.Kill();
                return;
            }

            await Task.Delay(WatchInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private bool TookTooMuchMemory()
    {
        try
        {
            process.Refresh();
            return process.WorkingSet64 > (long)options.MostMebibytes << 20;
        }
        catch (InvalidOperationException)
        {
            // It has ended since it was looked at, and takes none.
            return false;
        }
    }
}
