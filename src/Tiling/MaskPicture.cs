using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Tiling;

/// <summary>
/// The tissue mask as it is kept: one bit a pixel, white = tissue, over the whole slide from its origin, a pixel for
/// <see cref="UnitFor"/> target pixels (5 and 20 µm for the usual 50 px at 4 µm/px). A pixel is white where any part of it
/// is tissue and its cell is planned, so that the picture, given back as the user's mask, plans the same cells where
/// patches don't overlap.
/// </summary>
internal sealed class MaskPicture
{
    /// <summary>Pixels along a cell's side, unless the stride asks for more.</summary>
    private const int MostPixelsPerCell = 10;

    private readonly PatchGrid grid;
    private readonly int unit;
    private readonly int width;
    private readonly int height;
    private readonly byte[] pixels;

    public MaskPicture(PatchGrid grid)
    {
        this.grid = grid;
        unit = UnitFor(grid);
        (width, height) = SizeFor(grid);
        pixels = new byte[width * height];
    }

    /// <summary>Target pixels along a pixel's side: they divide side and stride, so that cells begin and end with pixels.</summary>
    public static int UnitFor(PatchGrid grid)
    {
        var (side, stride) = (grid.PatchSidePixels, grid.StridePixels);
        var common = Enumerable.Range(1, stride).Where(unit => side % unit == 0 && stride % unit == 0).ToList();
        return common.Find(unit => side / unit <= MostPixelsPerCell) is > 0 and var found ? found : common[^1];
    }

    /// <summary>The picture's size: as many pixels as the slide begins.</summary>
    public static (int Width, int Height) SizeFor(PatchGrid grid)
    {
        var unit = UnitFor(grid);
        return (Pixels(grid.TargetWidth, grid.PixelWidth), Pixels(grid.TargetHeight, grid.PixelHeight));

        // At least the grid, which may reach beyond the slide by the rounding of its size.
        int Pixels(double target, int ofGrid) => Math.Max((int)Math.Ceiling((target / unit) - 1e-6), ofGrid / unit);
    }

    /// <summary>Draws a planned cell. Cells can be drawn at once: a pixel only ever turns white.</summary>
    public void Draw(PatchCell cell, GivenMask? given, ReadOnlySpan<PixelKind> kinds)
    {
        var (left, top) = (cell.Column * grid.StridePixels, cell.Row * grid.StridePixels);
        for (var y = 0; y < grid.PatchSidePixels; y += unit)
        {
            for (var x = 0; x < grid.PatchSidePixels; x += unit)
            {
                if (given?.IsTissue(left + x + (unit / 2.0), top + y + (unit / 2.0)) ?? HasTissue(kinds, x, y))
                {
                    pixels[((top + y) / unit * width) + ((left + x) / unit)] = 255;
                }
            }
        }
    }

    public byte[] ToPng()
    {
        using var image = Image.NewFromMemory(pixels, width, height, 1, Enums.BandFormat.Uchar);
        return image.PngsaveBuffer(compression: 6, bitdepth: 1, keep: Enums.ForeignKeep.None);
    }

    private bool HasTissue(ReadOnlySpan<PixelKind> kinds, int x, int y)
    {
        for (var row = y; row < y + unit; row++)
        {
            if (kinds.Slice((row * grid.PatchSidePixels) + x, unit).Contains(PixelKind.Tissue))
            {
                return true;
            }
        }

        return false;
    }
}
