using IdcFunctions.Slides.Geometry;
using NetVips;

namespace IdcFunctions.Tiling;

/// <summary>A tissue mask given by the user: a PNG of the whole slide at any size, non-zero = tissue; alpha is ignored.</summary>
public sealed class GivenMask
{
    /// <summary>Pixels of a mask: 1 bit a micrometre of a whole slide is more than enough.</summary>
    private const long MostPixels = 1L << 27;

    private readonly byte[] tissue;
    private readonly int width;
    private readonly int height;
    private readonly PatchGrid grid;

    /// <summary>The mask's pixels per target pixel.</summary>
    private readonly double scaleX;
    private readonly double scaleY;

    private GivenMask(byte[] tissue, int width, int height, PatchGrid grid, double scaleX, double scaleY)
    {
        this.tissue = tissue;
        this.width = width;
        this.height = height;
        this.grid = grid;
        this.scaleX = scaleX;
        this.scaleY = scaleY;
    }

    /// <summary>Why a PNG can't be a slide's mask; null where it can.</summary>
    /// <param name="png">The file.</param>
    /// <param name="slideWidth">Level-0 width of the slide; null where it is not known yet.</param>
    /// <param name="slideHeight">Level-0 height of the slide; null where it is not known yet.</param>
    public static string? ReasonAgainst(byte[] png, long? slideWidth, long? slideHeight)
    {
        if (png is [])
        {
            return "it is empty.";
        }

        try
        {
            using var image = Image.PngloadBuffer(png, failOn: Enums.FailOn.Error);
            if (ReasonAgainst(image, slideWidth, slideHeight) is { } reason)
            {
                return reason;
            }

            // Nothing is decoded until pixels are asked for: one whose pixels are cut off would pass.
            image.Avg();
            return null;
        }
        catch (VipsException exception)
        {
            return $"it is no PNG that can be read: {Reading.Pixels.Rgb.Reason(exception)}";
        }
    }

    /// <summary>Reads a slide's mask.</summary>
    /// <exception cref="Slides.SlideRefusedException">It is no PNG, or not of this slide's proportions.</exception>
    public static GivenMask Read(byte[] png, PatchGrid grid, string slideName)
    {
        try
        {
            using var image = Image.PngloadBuffer(png, failOn: Enums.FailOn.Error);
            if (ReasonAgainst(image, grid.SlideWidth, grid.SlideHeight) is { } reason)
            {
                throw SlideFailures.MaskUnusable(slideName, reason);
            }

            using var colours = image.HasAlpha() ? image.ExtractBand(0, n: image.Bands - 1) : image.Copy();
            using var anyBand = colours.NotEqual(0).Bandbool(Enums.OperationBoolean.Or);
            var (x, y) = Scale(image.Width, image.Height, grid);
            return new GivenMask(anyBand.WriteToMemory<byte>(), image.Width, image.Height, grid, x, y);
        }
        catch (VipsException exception)
        {
            throw SlideFailures.MaskUnusable(slideName, $"it is no PNG that can be read: {Reading.Pixels.Rgb.Reason(exception)}");
        }
    }

    /// <summary>Share of a cell that is tissue, by the mask's pixels whose centres lie in it.</summary>
    public double TissueFraction(PatchCell cell)
    {
        var (left, right) = Span(cell.Column, scaleX, width);
        var (top, bottom) = Span(cell.Row, scaleY, height);
        var count = 0;
        for (var y = top; y < bottom; y++)
        {
            foreach (var value in tissue.AsSpan((y * width) + left, right - left))
            {
                count += value == 0 ? 0 : 1;
            }
        }

        return (double)count / ((right - left) * (bottom - top));
    }

    /// <summary>True where the mask says tissue at a place in target pixels.</summary>
    public bool IsTissue(double x, double y) =>
        tissue[(Math.Min(height - 1, (int)(y * scaleY)) * width) + Math.Min(width - 1, (int)(x * scaleX))] != 0;

    private static string? ReasonAgainst(Image image, long? slideWidth, long? slideHeight)
    {
        if ((long)image.Width * image.Height > MostPixels)
        {
            return $"it has {image.Width} × {image.Height} px, more than {MostPixels} in all.";
        }

        // Both sides may be rounded by up to a pixel: is there a scale that fits both?
        return slideWidth is { } full && slideHeight is { } tall
            && ((image.Width - 1.0) / full > (image.Height + 1.0) / tall || (image.Height - 1.0) / tall > (image.Width + 1.0) / full)
            ? $"it has {image.Width} × {image.Height} px, the slide {full} × {tall}: their proportions differ."
            : null;
    }

    /// <summary>
    /// The mask's pixels per target pixel: a mask of the size of <see cref="MaskPicture"/> has its scale, any other covers
    /// the slide from edge to edge.
    /// </summary>
    private static (double X, double Y) Scale(int width, int height, PatchGrid grid) =>
        MaskPicture.SizeFor(grid) == (width, height)
            ? (1.0 / MaskPicture.UnitFor(grid), 1.0 / MaskPicture.UnitFor(grid))
            : (width / grid.TargetWidth, height / grid.TargetHeight);

    private (int From, int To) Span(int index, double scale, int length)
    {
        var start = index * grid.StridePixels;
        var from = Math.Min(length - 1, (int)Math.Round(start * scale));
        return (from, Math.Clamp((int)Math.Round((start + grid.PatchSidePixels) * scale), from + 1, length));
    }
}
