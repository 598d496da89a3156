using System.Collections.Concurrent;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// Tiles slides with their native decoding in processes of their own: a hostile file can end a decoder, never the
/// program that other slides are in. Decoders are kept for the next slide; one that did not end as it should is not.
/// </summary>
public sealed class SlideDecoders(DecoderOptions options, TimeProvider time) : IDisposable
{
    private readonly ConcurrentBag<DecoderProcess> idle = [];

    /// <summary>Many viewers ask at once; a decoder a core answers them as fast as more would.</summary>
    private readonly SemaphoreSlim drawing = new(Environment.ProcessorCount);

    /// <summary>Opens a slide and reads it once.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    public Task<TiledSlide> OpenAsync(IRangeSource source, TilingRequest request, CancellationToken cancellationToken) =>
        Task.Run(() => Open(source, request, cancellationToken), cancellationToken);

    /// <summary>Makes a JPEG of a small TIFF; waits where every core draws already.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    internal async Task<byte[]> DrawAsync(byte[] tiff, PictureRequest request, CancellationToken cancellationToken)
    {
        await drawing.WaitAsync(cancellationToken);
        try
        {
            // Not cancelled once begun: that would end the decoder, and viewers drop many requests as they move.
            return await Task.Run(() => With(decoder => decoder.Draw(tiff, request, CancellationToken.None), CancellationToken.None), cancellationToken);
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

        return DecoderProcess.Start(Environment.ProcessPath!, options, time);
    }

    private TiledSlide Open(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        var (properties, pixels) = With(decoder => decoder.Decode(source, request, cancellationToken), cancellationToken);
        return SlideTiler.FindTissue(properties, pixels, request);
    }

    private TResult With<TResult>(Func<DecoderProcess, TResult> use, CancellationToken cancellationToken)
    {
        var decoder = Take();
        using var cancelled = cancellationToken.Register(decoder.Dispose);
        try
        {
            return use(decoder);
        }
        finally
        {
            if (decoder.IsUsable && !cancellationToken.IsCancellationRequested)
            {
                idle.Add(decoder);
            }
            else
            {
                decoder.Dispose();
            }
        }
    }
}
