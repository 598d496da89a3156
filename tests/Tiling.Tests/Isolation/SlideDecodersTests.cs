using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Tests.Isolation;

/// <summary>The parent's side, with a program that never answers in the decoder's place.</summary>
public sealed class SlideDecodersTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    /// <summary>Frames as a decoder writes them, for <c>printf</c>: kind and length, then what it wants of the slide.</summary>
    private const string ReadOneByte = @"\002\014\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000", Done = @"\006\000\000\000\000", Waiting = @"\011\000\000\000\000";

    private static readonly DecoderOptions Impatient = new() { MostTime = TimeSpan.FromSeconds(1) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cancelled_request_ends_its_decoder_and_says_that_it_was_cancelled()
    {
        var program = await WriteProgramAsync("echo $$ > \"$0.new\"\nmv \"$0.new\" \"$0.id\"\nexec sleep 300\n");
        using var decoders = new SlideDecoders(program, new DecoderOptions(), TimeProvider.System);
        using var cancelling = new CancellationTokenSource();

        var asking = decoders.ReasonAgainstMaskAsync([1], "a.svs", null, cancelling.Token);
        await Eventually.HoldsAsync("the decoder has started", () => File.Exists($"{program}.id"));
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        var id = (await File.ReadAllTextAsync($"{program}.id", Cancellation)).Trim();
        await Eventually.HoldsAsync("the decoder is gone", () => !Directory.Exists($"/proc/{id}"));
    }

    /// <summary>A read that hangs is storage's fault, however long it does, and so is what comes of it for the decoder.</summary>
    [Fact]
    public async Task Storage_that_does_not_answer_is_told_as_that_and_not_as_a_crash()
    {
        // It asks for one byte of the slide, and waits for ever.
        using var decoders = new SlideDecoders(await WriteProgramAsync($"printf '{ReadOneByte}'\nexec sleep 300\n"), Impatient, TimeProvider.System);
        var storage = new FailingRangeSource([1], 0, () =>
        {
            Cancellation.WaitHandle.WaitOne(3 * Impatient.MostTime);
            throw new HttpRequestException("503");
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => CutAsync(decoders, storage));
    }

    [Fact]
    public async Task The_time_that_storage_takes_is_not_the_decoders()
    {
        // It asks for one byte of the slide, and is done.
        using var decoders = new SlideDecoders(await WriteProgramAsync($"printf '{ReadOneByte}{Done}'\nexec sleep 300\n"), Impatient, TimeProvider.System);
        var storage = new FailingRangeSource([1], 0, () => Cancellation.WaitHandle.WaitOne(1.5 * Impatient.MostTime));

        await CutAsync(decoders, storage);

        Assert.Equal(1, storage.Reads);
    }

    [Fact]
    public async Task A_decoder_that_waits_for_its_turn_is_given_more_time_and_not_any_time()
    {
        using var decoders = new SlideDecoders(await WriteProgramAsync($"printf '{Waiting}'\nsleep 1.5\nprintf '{Done}'\nexec sleep 300\n"), Impatient, TimeProvider.System);
        using var others = new SlideDecoders(await WriteProgramAsync($"printf '{Waiting}'\nexec sleep 300\n"), Impatient, TimeProvider.System);

        await CutAsync(decoders, new MemoryRangeSource([1]));
        var overdue = await Assert.ThrowsAsync<TimeoutException>(() => CutAsync(others, new MemoryRangeSource([1])));

        Assert.StartsWith(SlideUnderTest.Name, overdue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_was_made_without_bytes_that_could_not_be_read_is_none()
    {
        using var decoders = new SlideDecoders(await WriteProgramAsync($"printf '{ReadOneByte}{Done}'\nexec sleep 300\n"), new DecoderOptions(), TimeProvider.System);

        await Assert.ThrowsAsync<HttpRequestException>(() => CutAsync(decoders, new FailingRangeSource([1], 0, () => throw new HttpRequestException("503"))));
    }

    [Fact]
    public async Task No_more_masks_are_checked_at_once_than_there_are_cores()
    {
        using var decoders = new SlideDecoders(await WriteProgramAsync("touch \"$0.started.$$\"\nexec sleep 300\n"), new DecoderOptions(), TimeProvider.System);
        using var cancelling = new CancellationTokenSource();

        var checking = Enumerable.Range(0, Environment.ProcessorCount + 3).Select(_ => decoders.ReasonAgainstMaskAsync([1], "a.svs", null, cancelling.Token)).ToList();
        await Eventually.HoldsAsync("a core each checks", () => Started() >= Environment.ProcessorCount);
        await cancelling.CancelAsync();
        foreach (var check in checking)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
        }

        Assert.Equal(Environment.ProcessorCount, Started());

        int Started() => Directory.GetFiles(folder, "*.started.*").Length;
    }

    [Fact]
    public async Task A_decoder_whose_answer_is_refused_half_way_is_not_asked_for_another_slide()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The program is a shell script.");
            return;
        }

        var program = Path.Combine(folder, "answering");
        await using (var frames = File.Create($"{program}.frames"))
        {
            var channel = new DecoderChannel(Stream.Null, frames);
            channel.Write(DecoderFrame.Patches, PatchFrame.Head([new PlannedCell(0, 0, PatchQualities.None)]), new byte[3]);
            channel.Write(DecoderFrame.Patches, PatchFrame.Head([new PlannedCell(0, 1, PatchQualities.None)]), new byte[3]);
            channel.Write(DecoderFrame.Done, []);
        }

        await File.WriteAllTextAsync(program, "#!/bin/sh\necho started >> \"$0.starts\"\ncat \"$0.frames\"\nexec sleep 300\n", Cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var decoders = new SlideDecoders(program, new DecoderOptions(), TimeProvider.System);
        var request = SlideUnderTest.Request() with { PatchSidePixels = 1 };
        var received = new List<PlannedCell>();
        PatchReceiver refuse = static (_, _, _) => throw new SlideRefusedException(new SlideFailure(FailureSteps.Predict, "too-large", "Too many.", ""));
        PatchReceiver take = (cells, _, _) =>
        {
            received.AddRange(cells);
            return ValueTask.CompletedTask;
        };

        await Assert.ThrowsAsync<SlideRefusedException>(() => decoders.CutAsync(new MemoryRangeSource([1]), request, [], refuse, Cancellation));
        await decoders.CutAsync(new MemoryRangeSource([1]), request, [], take, Cancellation);

        Assert.Equal([0, 1], received.Select(cell => cell.Column));
        Assert.Equal(2, (await File.ReadAllLinesAsync($"{program}.starts", Cancellation)).Length);
    }

    [Fact]
    public async Task No_more_parts_are_fetched_at_once_than_are_drawn()
    {
        using var decoders = new SlideDecoders("/no/such/program", new DecoderOptions(), TimeProvider.System);
        using var goOn = new ManualResetEventSlim();
        var (fetching, most, asked) = (0, 0, Environment.ProcessorCount + 3);

        var drawing = Enumerable.Range(0, asked).Select(_ => decoders.DrawAsync(Fetch, new PictureRequest("a.svs", 0, 0, 1, 1, 1, 1, 85), Cancellation)).ToList();
        await Eventually.HoldsAsync("as many fetch as may", () => Volatile.Read(ref fetching) == Environment.ProcessorCount);
        goOn.Set();

        foreach (var picture in drawing)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => picture);
        }

        Assert.Equal(Environment.ProcessorCount, most);

        MemoryRangeSource Fetch()
        {
            lock (goOn)
            {
                most = Math.Max(most, ++fetching);
            }

            goOn.Wait(Cancellation);
            lock (goOn)
            {
                fetching--;
            }

            throw new InvalidDataException();
        }
    }

    private static Task CutAsync(SlideDecoders decoders, IRangeSource source) =>
        decoders.CutAsync(source, SlideUnderTest.Request(), [], (_, _, _) => ValueTask.CompletedTask, Cancellation);

    private async Task<string> WriteProgramAsync(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
        var program = Path.Combine(folder, $"decoder-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return program;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
