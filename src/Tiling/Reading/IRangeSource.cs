namespace IdcFunctions.Tiling.Reading;

/// <summary>A slide's bytes, read by ranges. Blocking on purpose: libvips calls it from its own threads.</summary>
public interface IRangeSource
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="Slides.SlideChangedException">The content is no longer the one that was opened.</exception>
    /// <exception cref="EndOfStreamException">The range goes beyond the end.</exception>
    void Read(long offset, Span<byte> buffer);

    /// <summary>Says that whoever reads waits until its next read, for something that is none of the slide's.</summary>
    void TellWaiting()
    {
    }
}
