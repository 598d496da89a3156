using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Which level of a slide is read, and what is too large, too small or too coarse to be.</summary>
internal static class LevelChoice
{
    /// <summary>A level up to 5 % coarser than the target counts as fitting: scanners' 16× levels are at 4.03 to 4.19 µm/px.</summary>
    private const double CoarserTolerance = 1.05;

    /// <summary>Pixels of a level that is read: 131,072 × 131,072.</summary>
    private const long MostPixels = 1L << 34;

    /// <summary>Width of a level that is read, since decoders hold some rows: at 0.1 µm/px, 105 mm.</summary>
    private const long MostWidth = 1L << 20;

    /// <summary>Bytes of a slide at the target spacing: 1 GiB are 57 cm² at 4 µm/px, three whole slides.</summary>
    private const long MostTargetBytes = 1L << 30;

    /// <summary>Rows and columns that a cell's key has digits for.</summary>
    private const int MostRowsOrColumns = 100_000;

    /// <summary>
    /// Cells that are looked at: 64 slides of 25 × 25 mm without overlap, or one with a patch each 28 µm (stride 7). Their
    /// patches take 7.5 GB in storage and 3,900 batches; a stride of 1 on one slide would be 38 times as many.
    /// </summary>
    public const int MostCells = 1_000_000;

    /// <summary>The coarsest µm/px of a level that fits.</summary>
    public static double CoarsestUmPx(TilingRequest request) => request.TargetSpacingUmPx * CoarserTolerance;

    /// <summary>A level's tiles or strips from left to right and from top to bottom; refuses one that claims too few.</summary>
    public static (long Across, long Down) Chunks(TiffDirectory directory, int index, string slide)
    {
        var name = directory.IsTiled ? "tiles" : "strips";
        if (directory.ChunkWidth <= 0 || directory.ChunkHeight <= 0)
        {
            throw SlideFailures.Damaged(slide, $"the {name} of its level {index} have {directory.ChunkWidth} × {directory.ChunkHeight} px.");
        }

        var (across, down) = (Parts(directory.Width, directory.ChunkWidth), Parts(directory.Height, directory.ChunkHeight));
        return directory.Planes is < 1 or > 16 || directory.Chunks < (Int128)across * down * directory.Planes
            ? throw SlideFailures.Damaged(slide, $"its level {index} has {directory.Chunks} of {across * down} {name}.")
            : (across, down);
    }

    private static long Parts(long length, long part) => ((length - 1) / part) + 1;

    /// <summary>Refuses a slide that can't be tiled at the model's spacing, whatever its levels are.</summary>
    public static void ThrowIfUnfit(SlideLevel full, MicronsPerPixel spacing, TilingRequest request)
    {
        if (full.Width <= 0 || full.Height <= 0)
        {
            throw SlideFailures.Damaged(request.SlideName, $"it claims {full.Width} × {full.Height} px.");
        }

        if (full.Width > int.MaxValue || full.Height > int.MaxValue)
        {
            throw SlideFailures.TooLarge(request.SlideName, $"it claims {full.Width} × {full.Height} px.");
        }

        if (!request.IsUpsampled && Math.Max(spacing.X, spacing.Y) > CoarsestUmPx(request))
        {
            throw SlideFailures.ResolutionTooLow(request.SlideName, Math.Max(spacing.X, spacing.Y), request.TargetSpacingUmPx);
        }

        var grid = new PatchGrid(full.Width, full.Height, spacing, request.TargetSpacingUmPx, request.PatchSidePixels, request.StridePixels);
        if (grid.Columns < 1 || grid.Rows < 1)
        {
            throw SlideFailures.TooSmall(request.SlideName, full.Width, full.Height, grid.PatchSideUm);
        }

        if (grid.Columns > MostRowsOrColumns || grid.Rows > MostRowsOrColumns
            || (long)grid.PixelWidth * grid.PixelHeight > MostTargetBytes / 3)
        {
            throw SlideFailures.TooLarge(request.SlideName, $"its grid has {grid.Columns} × {grid.Rows} patches.");
        }

        if (grid.CellsIn(request.Region) is > MostCells and var cells)
        {
            throw SlideFailures.TooManyCells(request.SlideName, request.StridePixels, cells, MostCells);
        }
    }

    /// <summary>Refuses a picture of more pixels than are read.</summary>
    public static void ThrowIfTooLarge(long width, long height, string slide)
    {
        if (!IsRead(width, height))
        {
            throw SlideFailures.TooLarge(slide, $"it has {width} × {height} px.");
        }
    }

    /// <summary>The coarsest level that is fine enough, or level 0 where none is and enlarging was asked for.</summary>
    public static int Choose(List<SlideLevel> levels, MicronsPerPixel spacing, TilingRequest request)
    {
        // Where even level 0 is too coarse, it is the one that is enlarged.
        var index = Math.Max(0, levels.FindLastIndex(level =>
            Math.Max(spacing.X * level.DownsampleX, spacing.Y * level.DownsampleY) <= CoarsestUmPx(request)));
        return IsRead(levels[index].Width, levels[index].Height)
            ? index
            : throw SlideFailures.TooLarge(request.SlideName, $"its level {index} claims {levels[index].Width} × {levels[index].Height} px.");
    }

    private static bool IsRead(long width, long height) => width <= MostWidth && width * height <= MostPixels;
}
