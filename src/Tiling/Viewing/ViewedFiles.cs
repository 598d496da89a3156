using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Reading.OpenSlide;
using IdcFunctions.Tiling.Reading.Pixels;
using NetVips;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>
/// In a decoder process: what is made of files that viewers are served from. The last slide stays open, for viewers ask for
/// many parts of one.
/// </summary>
internal sealed class ViewedFiles : IDisposable
{
    private const int Quality = 85;

    /// <summary>Pixels of a picture that its decoder must hold whole (interlaced PNG, progressive JPEG): 400 MB.</summary>
    private const long MostPixelsAtOnce = 1L << 27;

    private (string Path, OpenSlideFile File)? opened;

    /// <summary>Makes a pyramidal TIFF of a PNG or JPEG, row by row.</summary>
    /// <exception cref="Slides.SlideRefusedException">It can't be decoded.</exception>
    public static void MakePyramid(IRangeSource source, string slide, string path)
    {
        var start = new byte[Math.Min(16, source.Length)];
        source.Read(0, start);
        var format = SlideReader.PictureFormat(start)!;
        using var stream = new SlideStream(new BlockCache(source), CancellationToken.None);
        try
        {
            using var image = Rgb.Open(slide, appliesIcc: false, () => PictureReader.Load(stream, format));
            LevelChoice.ThrowIfTooLarge(image.Width, image.Height, slide);
            if (image.Contains("interlaced") && (long)image.Width * image.Height > MostPixelsAtOnce)
            {
                throw SlideFailures.TooLarge(
                    slide,
                    $"{image.Width} × {image.Height} px of an interlaced or progressive picture can't be read row by row.");
            }

            image.Tiffsave(
                path,
                compression: Enums.ForeignTiffCompression.Jpeg,
                q: Quality,
                tile: true,
                tileWidth: DeepZoomPyramid.TileSide,
                tileHeight: DeepZoomPyramid.TileSide,
                pyramid: true,
                bigtiff: true,
                keep: Enums.ForeignKeep.None);
        }
        catch (VipsException exception)
        {
            throw stream.Failure ?? SlideFailures.Damaged(slide, Rgb.Reason(exception), exception);
        }
    }

    /// <summary>The sizes of a slide's levels, finest first.</summary>
    /// <exception cref="Slides.SlideRefusedException">OpenSlide can't read it.</exception>
    public List<LevelSize> Levels(string path, string slide) =>
        [.. Open(path, slide).Levels().Select(level => new LevelSize(level.Width, level.Height))];

    /// <summary>Draws a part of a slide.</summary>
    /// <exception cref="Slides.SlideRefusedException">OpenSlide can't read it.</exception>
    public byte[] Draw(string path, CopyRegion region, PictureRequest picture)
    {
        var read = Open(path, picture.Slide).Read(region.Level, region.X, region.Y, region.Width, region.Height);
        using var pixels = new WholePixels(read, region.Width);
        using var image = Image.NewFromMemory(pixels.Rgb(0, region.Height), region.Width, region.Height, 3, Enums.BandFormat.Uchar);
        using var rgb = image.Copy(interpretation: Enums.Interpretation.Srgb);
        return Picture.Draw(rgb, picture);
    }

    /// <inheritdoc/>
    public void Dispose() => opened?.File.Dispose();

    private OpenSlideFile Open(string path, string slide)
    {
        if (!OpenSlideLibrary.IsAvailable)
        {
            throw SlideFailures.NeedsOpenSlide(slide, "a slide");
        }

        if (opened?.Path != path)
        {
            opened?.File.Dispose();
            opened = null;
            opened = (path, OpenSlideFile.Open(path, slide));
        }

        return opened.Value.File;
    }
}
