using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// Tiles slides in processes of their own: a hostile file can end a decoder, never the program that other slides are in.
/// Decoders are kept for the next slide; one that did not end as it should is not.
/// </summary>
public sealed class SlideDecoders : IDisposable
{
    private readonly string program;
    private readonly DecoderOptions options;
    private readonly TimeProvider time;
    private readonly ConcurrentBag<DecoderProcess> idle = [];

    /// <summary>Those that are kept while nothing is asked of them: one a core for viewers, and as many as slides are tiled at once.</summary>
    private static readonly int MostIdle = Environment.ProcessorCount + 2;

    /// <summary>Many viewers ask at once; a decoder a core answers them as fast as more would.</summary>
    private readonly SemaphoreSlim drawing = new(Environment.ProcessorCount);

    /// <summary>Decodes with this program itself.</summary>
    public SlideDecoders(DecoderOptions options, TimeProvider time)
        : this(Environment.ProcessPath!, options, time)
    {
    }

    /// <summary>Decodes with a program.</summary>
    internal SlideDecoders(string program, DecoderOptions options, TimeProvider time)
    {
        this.program = program;
        this.options = options;
        this.time = time;
    }

    /// <summary>As <see cref="SlideTiler.TileAsync"/>.</summary>
    /// <exception cref="Slides.SlideRefusedException">The slide can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    public async Task<TiledSlide> TileAsync(IRangeSource source, TilingRequest request, PatchReceiver receive, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            new DecoderRequest.Tile(source.Length, request),
            new DecoderTask(request.SlideName, source, request.PatchSidePixels, receive),
            cancellationToken);
        return JsonSerializer.Deserialize(answer, DecoderJson.Default.TiledSlide)!;
    }

    /// <summary>As <see cref="SlideTiler.CutAsync"/>.</summary>
    /// <exception cref="Slides.SlideRefusedException">The slide can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    public Task CutAsync(
        IRangeSource source,
        TilingRequest request,
        ImmutableArray<PlannedCell> cells,
        PatchReceiver receive,
        CancellationToken cancellationToken) =>
        AskAsync(
            new DecoderRequest.Cut(source.Length, request, cells),
            new DecoderTask(request.SlideName, source, request.PatchSidePixels, receive),
            cancellationToken);

    /// <summary>Why a PNG can't be a slide's mask; null where it can. Waits where every core draws or checks already.</summary>
    /// <param name="png">The file.</param>
    /// <param name="slide">The slide's name, for errors.</param>
    /// <param name="size">Level-0 width and height of the slide; null where they are not known yet.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<string?> ReasonAgainstMaskAsync(byte[] png, string slide, (long Width, long Height)? size, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await InTurnAsync(
                () => AskAsync(
                    new DecoderRequest.CheckMask(png, size?.Width, size?.Height),
                    new DecoderTask(slide, null, 0, null),
                    cancellationToken),
                cancellationToken);
            return answer is [] ? null : Encoding.UTF8.GetString(answer);
        }
        catch (DecoderCrashedException crashed)
        {
            return $"it can't be decoded: {crashed.Message}";
        }
    }

    /// <summary>Draws a part of a slide as a JPEG; waits where every core draws already.</summary>
    /// <param name="fetch">Fetches the part when it is its turn, so that no more parts are in memory than are drawn; blocks.</param>
    /// <param name="picture">What is to be drawn.</param>
    /// <param name="cancellationToken">
    /// Cancels the wait: once begun, a picture is finished, since viewers drop many requests as they move, and dropping one
    /// in work ends its decoder.
    /// </param>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    internal Task<byte[]> DrawAsync(Func<IRangeSource> fetch, PictureRequest picture, CancellationToken cancellationToken) =>
        InTurnAsync(
            async () =>
            {
                var tiff = await Task.Run(fetch, CancellationToken.None);
                return await AskAsync(
                    new DecoderRequest.Draw(tiff.Length, picture),
                    new DecoderTask(picture.Slide, tiff, 0, null),
                    CancellationToken.None);
            },
            cancellationToken);

    /// <summary>Draws a part of a slide that OpenSlide reads, of a copy.</summary>
    /// <inheritdoc cref="DrawAsync(Func{IRangeSource}, PictureRequest, CancellationToken)" path="/exception"/>
    internal Task<byte[]> DrawCopyAsync(string path, CopyRegion region, PictureRequest picture, CancellationToken cancellationToken) =>
        InTurnAsync(
            () => AskAsync(
                new DecoderRequest.DrawCopy(path, region, picture),
                new DecoderTask(picture.Slide, null, 0, null),
                CancellationToken.None),
            cancellationToken);

    /// <summary>The sizes of the levels of a slide that OpenSlide reads, finest first.</summary>
    /// <inheritdoc cref="DrawAsync(Func{IRangeSource}, PictureRequest, CancellationToken)" path="/exception"/>
    internal async Task<List<LevelSize>> LevelsAsync(string path, string slide, CancellationToken cancellationToken)
    {
        var answer = await InTurnAsync(
            () => AskAsync(new DecoderRequest.Levels(path, slide), new DecoderTask(slide, null, 0, null), cancellationToken),
            cancellationToken);
        return JsonSerializer.Deserialize(answer, DecoderJson.Default.ListLevelSize)!;
    }

    /// <summary>Makes a pyramidal TIFF of a PNG or JPEG.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="slide">The slide's name, for errors.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    public Task MakePyramidAsync(IRangeSource source, string slide, string path, CancellationToken cancellationToken) =>
        AskAsync(new DecoderRequest.MakePyramid(source.Length, slide, path), new DecoderTask(slide, source, 0, null), cancellationToken);

    private async Task<byte[]> InTurnAsync(Func<Task<byte[]>> draw, CancellationToken cancellationToken)
    {
        await drawing.WaitAsync(cancellationToken);
        try
        {
            return await draw();
        }
        finally
        {
            drawing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        drawing.Dispose();
        while (idle.TryTake(out var decoder))
        {
            decoder.Dispose();
        }
    }

    private DecoderProcess Take()
    {
        while (idle.TryTake(out var kept))
        {
            if (!kept.HasEnded)
            {
                return kept;
            }

            kept.Dispose();
        }

        return DecoderProcess.Start(program, options, time);
    }

    private Task<byte[]> AskAsync(DecoderRequest request, DecoderTask task, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                var decoder = Take();
                try
                {
                    // It ends here, before the decoder is kept for another slide or disposed of.
                    using var cancelled = cancellationToken.Register(decoder.End);
                    return await decoder.AskAsync(request, task, cancellationToken);
                }
                finally
                {
                    if (decoder.IsUsable && !cancellationToken.IsCancellationRequested && idle.Count < MostIdle)
                    {
                        idle.Add(decoder);
                    }
                    else
                    {
                        decoder.Dispose();
                    }
                }
            },
            cancellationToken);
}
