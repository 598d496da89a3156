using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Tests.Isolation;

/// <summary>The parent's side, with a program that never answers in the decoder's place.</summary>
public sealed class SlideDecodersTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cancelled_request_ends_its_decoder_and_says_that_it_was_cancelled()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The program is a shell script.");
            return;
        }

        var program = Path.Combine(folder, "decoder");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho $$ > \"$0.new\"\nmv \"$0.new\" \"$0.id\"\nexec sleep 300\n", Cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var decoders = new SlideDecoders(program, new DecoderOptions(), TimeProvider.System);
        using var cancelling = new CancellationTokenSource();

        var asking = decoders.ReasonAgainstMaskAsync([1], "a.svs", null, cancelling.Token);
        await Eventually.HoldsAsync("the decoder has started", () => File.Exists($"{program}.id"));
        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        var id = (await File.ReadAllTextAsync($"{program}.id", Cancellation)).Trim();
        await Eventually.HoldsAsync("the decoder is gone", () => !Directory.Exists($"/proc/{id}"));
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

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
