using System.Collections.Immutable;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Tiling.Reduction;

namespace IdcFunctions.Tiling;

/// <summary>
/// START of tiling: slide → level nearest to the model's spacing → rows of the grid → cells with tissue → patches. They
/// flow through; no more than a few rows are held. In this process;
/// <see cref="Isolation.SlideDecoders"/> does the same in another.
/// </summary>
public static class SlideTiler
{
    /// <summary>Finds a slide's tissue and cuts it, reading the slide once.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="request">How it is to be tiled.</param>
    /// <param name="receive">Takes the patches.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    public static Task<TiledSlide> TileAsync(
        IRangeSource source, TilingRequest request, PatchReceiver receive, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                using var slide = SlideReader.Open(source, request, cancellationToken);
                var grid = GridOf(slide, request);
                var scan = new TissueScan(grid, request);
                foreach (var stretch in Ahead.Select(Stretches(slide, grid, cancellationToken), Ahead.ForAllCores, scan.Scan))
                {
                    scan.Add(stretch);
                    await DeliverAsync(stretch.Cut, receive, cancellationToken);
                }

                return scan.Finish(slide.Properties);
            },
            cancellationToken);

    /// <summary>Cuts given cells, of this plan or of an older one, reading the slide once.</summary>
    /// <param name="source">The slide.</param>
    /// <param name="request">How it is to be tiled; no tissue is looked for.</param>
    /// <param name="cells">The cells, in grid order.</param>
    /// <param name="receive">Takes their patches.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Slides.SlideRefusedException">It can't be tiled; the reason says what to do.</exception>
    /// <exception cref="Slides.SlideChangedException">Its content changed while it was read.</exception>
    public static Task CutAsync(
        IRangeSource source,
        TilingRequest request,
        ImmutableArray<PlannedCell> cells,
        PatchReceiver receive,
        CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                using var slide = SlideReader.Open(source, request, cancellationToken);
                var grid = GridOf(slide, request);
                var byRow = cells.ToLookup(cell => cell.Row);
                var stretches = Stretches(slide, grid, cancellationToken);
                foreach (var cut in Ahead.Select(stretches, Ahead.ForAllCores, stretch => Cut(stretch, grid, byRow[stretch.Row])))
                {
                    await DeliverAsync(cut, receive, cancellationToken);
                }
            },
            cancellationToken);

    private static PatchGrid GridOf(SlideReader slide, TilingRequest request) =>
        slide.Properties.GridFor(request.TargetSpacingUmPx, request.PatchSidePixels, request.StridePixels);

    private static IEnumerable<GridStretch> Stretches(SlideReader slide, PatchGrid grid, CancellationToken cancellationToken)
    {
        var (level, properties) = (slide.Level, slide.Properties);
        var reduction = new BoxReduction(
            grid.PixelWidth,
            grid.PixelHeight,
            (int)level.Width,
            (int)level.Height,
            grid.TargetSpacingUmPx / (properties.SpacingX * level.DownsampleX),
            grid.TargetSpacingUmPx / (properties.SpacingY * level.DownsampleY));
        return GridStretch.Collect(new TargetRows(reduction).Of(slide.Pixels.Read(reduction.SourceRows, reduction.Reduce, cancellationToken)), grid);
    }

    private static CutCells Cut(GridStretch stretch, PatchGrid grid, IEnumerable<PlannedCell> cellsOfRow)
    {
        var cut = new CutCells(grid.PatchSidePixels * grid.PatchSidePixels * 3, stretch.ColumnCount);
        foreach (var cell in cellsOfRow.Where(cell => cell.Column >= stretch.FirstColumn && cell.Column < stretch.FirstColumn + stretch.ColumnCount))
        {
            stretch.CopyPatch(cell.Column, cut.Next);
            cut.Add(cell);
        }

        stretch.Release();
        return cut;
    }

    private static async ValueTask DeliverAsync(CutCells cut, PatchReceiver receive, CancellationToken cancellationToken)
    {
        using (cut)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (cut.Cells.Count > 0)
            {
                await receive(cut.Cells, cut.Patches, cancellationToken);
            }
        }
    }
}
