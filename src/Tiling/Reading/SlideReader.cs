using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading.Pixels;

namespace IdcFunctions.Tiling.Reading;

/// <summary>A slide, opened at the level that is read. Label and macro images are never touched.</summary>
/// <param name="Pixels">The chosen level's pixels.</param>
/// <param name="Level">The chosen level.</param>
/// <param name="Properties">What the slide says of itself and which level was chosen.</param>
internal sealed record SlideReader(LevelPixels Pixels, SlideLevel Level, SlideProperties Properties) : IDisposable
{
    /// <summary>Opens a slide: its first bytes decide which reader it gets, and of a TIFF its tags, vendor before generic.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be read, or nothing states its µm/px.</exception>
    public static SlideReader Open(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        if (Path.GetExtension(request.SlideName).ToUpperInvariant() is ".MRXS" or ".VMS" or ".VMU")
        {
            throw SlideFailures.SeveralFiles(request.SlideName, Path.GetExtension(request.SlideName));
        }

        if (source.Length == 0)
        {
            throw SlideFailures.Empty(request.SlideName);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var start = new byte[Math.Min(16, source.Length)];
        source.Read(0, start);
        return start switch
        {
            _ when TiffFile.IsTiff(start) => TiffReader.Open(source, start, request, cancellationToken),
            _ when PictureFormat(start) is { } format => PictureReader.Open(source, request, format, cancellationToken),
            _ when IsDicom(source) => throw SlideFailures.FormatUnsupported(request.SlideName, "DICOM"),
            _ => throw SlideFailures.UnknownFormat(request.SlideName, "its first bytes are of no known slide format."),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Pixels.Dispose();

    /// <summary>Puts together what is known of a slide.</summary>
    public static SlideProperties Describe(string format, SlideLevel full, MicronsPerPixel spacing, string source, int index, SlideLevel level) =>
        new(format, full.Width, full.Height, spacing.X, spacing.Y, source, index, level.Width, level.Height);

    /// <summary>The picture format of a file's first bytes; null where they are of none that is read here.</summary>
    public static string? PictureFormat(ReadOnlySpan<byte> start) => start switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "png",
        [0xFF, 0xD8, 0xFF, ..] => "jpeg",
        _ => null,
    };

    private static bool IsDicom(IRangeSource source)
    {
        var mark = new byte[4];
        if (source.Length < 132)
        {
            return false;
        }

        source.Read(128, mark);
        return mark.AsSpan().SequenceEqual("DICM"u8);
    }
}
