using System.Collections.Concurrent;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>
/// Tiles slides with their native decoding in processes of their own: a hostile file can end a decoder, never the
/// program that other slides are in. Decoders are kept for the next slide; one that did not end as it should is not.
/// </summary>
public sealed class SlideDecoders(DecoderOptions options, TimeProvider time) : IDisposable
{
    private readonly ConcurrentBag<DecoderProcess> idle = [];

    /// <summary>Opens a slide and reads it once.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    /// <exception cref="DecoderCrashedException">The decoder died on it, or was ended for its memory or its time.</exception>
    public Task<TiledSlide> OpenAsync(IRangeSource source, TilingRequest request, CancellationToken cancellationToken) =>
        Task.Run(() => Open(source, request, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
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
        var decoder = Take();
        using var cancelled = cancellationToken.Register(decoder.Dispose);
        try
        {
            var (properties, pixels) = decoder.Decode(source, request, cancellationToken);
            return SlideTiler.FindTissue(properties, pixels, request);
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
