using IdcFunctions.Tiling.Reading.Pixels;
using NetVips;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>Makes a JPEG of a part of a slide; native code on the slide's bytes, so for a decoder process.</summary>
internal static class Picture
{
    /// <summary>Decodes, reduces and encodes. A tile that can't be decoded is black: a viewer shows what there is.</summary>
    /// <exception cref="Slides.SlideRefusedException">The pixels are no RGB, or nothing can be decoded.</exception>
    public static byte[] Draw(byte[] tiff, PictureRequest request)
    {
        using var image = Rgb.Open(request.Slide, appliesIcc: false, () => Image.TiffloadBuffer(tiff));
        return Draw(image, request);
    }

    /// <summary>Reduces and encodes an RGB image.</summary>
    /// <exception cref="Slides.SlideRefusedException">Nothing can be decoded.</exception>
    public static byte[] Draw(Image image, PictureRequest request)
    {
        try
        {
            using var picture = Reduce(image, request);
            return picture.JpegsaveBuffer(q: request.Quality, keep: Enums.ForeignKeep.None);
        }
        catch (VipsException exception)
        {
            throw SlideFailures.Damaged(request.Slide, Rgb.Reason(exception), exception);
        }
    }

    /// <summary>
    /// First by whole numbers, each pixel the mean of those it covers, then what is left by interpolation. The centre of
    /// pixel j lies at <c>left + (j + ½)·scale − ½</c>, so that nothing shifts by a part of a pixel.
    /// </summary>
    private static Image Reduce(Image content, PictureRequest request)
    {
        var (x, y) = (Axis(request.Left, request.ScaleX), Axis(request.Top, request.ScaleY));
        using var part = content.Crop(x.Start, y.Start, content.Width - x.Start, content.Height - y.Start);
        using var whole = part.Embed(0, 0, RoundUp(part.Width, x.Whole), RoundUp(part.Height, y.Whole), extend: Enums.Extend.Copy);
        using var reduced = x.Whole == 1 && y.Whole == 1 ? whole.Copy() : whole.Shrink(x.Whole, y.Whole);
        return x.IsExact && y.IsExact && reduced.Width >= request.Width && reduced.Height >= request.Height
            ? reduced.Crop(0, 0, request.Width, request.Height)
            : reduced.Affine(
                [x.Remaining, 0, 0, y.Remaining],
                oarea: [0, 0, request.Width, request.Height],
                odx: x.Offset,
                ody: y.Offset,
                extend: Enums.Extend.Copy);
    }

    private static (int Start, int Whole, double Remaining, double Offset, bool IsExact) Axis(double left, double scale)
    {
        var start = (int)Math.Floor(left + 1e-6);
        var whole = Math.Max(1, (int)Math.Floor(scale + 1e-6));
        var first = (left - start + (0.5 * scale) - 0.5 - ((whole - 1) / 2.0)) / whole;
        var remaining = whole / scale;
        return (start, whole, remaining, -first * remaining, Math.Abs(scale - whole) < 1e-9 && Math.Abs(left - start) < 1e-6);
    }

    private static int RoundUp(int length, int unit) => (length + unit - 1) / unit * unit;
}
