using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Tiling;

/// <summary>
/// The tissue mask as it is kept: one bit a pixel, white = tissue, over the whole slide from its origin,
/// <see cref="PixelsPerCell"/> pixels a cell (20 µm each at 4 µm/px and 50 px). A pixel is white where any part of it is
/// tissue and its cell is planned, so that the picture, given back as the user's mask, plans the same cells.
/// </summary>
internal sealed class MaskPicture
{
    private const int MostPixelsPerCell = 10;

    private readonly int side;
    private readonly byte[] pixels;

    public MaskPicture(PatchGrid grid)
    {
        side = grid.PatchSidePixels;
        PixelsPerCell = PerCell(side);
        (Width, Height) = SizeFor(grid);
        pixels = new byte[Width * Height];
    }

    public int PixelsPerCell { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The picture's pixels per pixel of level 0, along x and y.</summary>
    public static (double X, double Y) ScaleFor(PatchGrid grid)
    {
        var perCell = PerCell(grid.PatchSidePixels);
        return (perCell / grid.LeftEdge(1), perCell / grid.TopEdge(1));
    }

    /// <summary>The picture's size: as many pixels as the slide begins.</summary>
    public static (int Width, int Height) SizeFor(PatchGrid grid)
    {
        var (x, y) = ScaleFor(grid);
        return ((int)Math.Ceiling((grid.SlideWidth * x) - 1e-6), (int)Math.Ceiling((grid.SlideHeight * y) - 1e-6));
    }

    /// <summary>Draws a planned cell. Cells can be drawn at once: each has its own pixels.</summary>
    public void Draw(PatchCell cell, GivenMask? given, ReadOnlySpan<PixelKind> kinds)
    {
        for (var y = 0; y < PixelsPerCell; y++)
        {
            for (var x = 0; x < PixelsPerCell; x++)
            {
                var isTissue = given?.IsTissue(cell.Column + ((x + 0.5) / PixelsPerCell), cell.Row + ((y + 0.5) / PixelsPerCell)) ?? HasTissue(kinds, x, y);
                if (isTissue)
                {
                    pixels[(((cell.Row * PixelsPerCell) + y) * Width) + (cell.Column * PixelsPerCell) + x] = 255;
                }
            }
        }
    }

    public byte[] ToPng()
    {
        using var image = Image.NewFromMemory(pixels, Width, Height, 1, Enums.BandFormat.Uchar);
        return image.PngsaveBuffer(compression: 6, bitdepth: 1, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The picture's pixels along a cell's side: a divisor, so that each stands for as many of the cell's pixels.</summary>
    private static int PerCell(int side) => Enumerable.Range(1, MostPixelsPerCell).Last(count => side % count == 0);

    private bool HasTissue(ReadOnlySpan<PixelKind> kinds, int x, int y)
    {
        for (var row = y * side / PixelsPerCell; row < (y + 1) * side / PixelsPerCell; row++)
        {
            if (kinds[((row * side) + (x * side / PixelsPerCell))..((row * side) + ((x + 1) * side / PixelsPerCell))].Contains(PixelKind.Tissue))
            {
                return true;
            }
        }

        return false;
    }
}
