using System.Collections.Immutable;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Tiling;

/// <summary>
/// Which cells are scored: those of which enough is tissue, by the colours of the pixels that are cut anyway
/// (<see cref="TissueRules"/>) or by the user's mask. Recall comes first: ink over tissue takes nothing away, and every
/// cell that is left out is counted.
/// </summary>
public sealed class TissueMask
{
    private const double LittleTissueBelow = 0.5;

    private TissueMask(ImmutableArray<PlannedCell> cells, int excludedCells, int outsideRegionCells, StainProfile? stain, byte[] png)
    {
        Cells = cells;
        ExcludedCells = excludedCells;
        OutsideRegionCells = outsideRegionCells;
        Stain = stain;
        Png = png;
    }

    /// <summary>The cells to score, in grid order.</summary>
    public ImmutableArray<PlannedCell> Cells { get; }

    /// <summary>Cells without enough tissue, but with pen, ink or black border.</summary>
    public int ExcludedCells { get; }

    /// <summary>Cells outside the wanted region, of which nothing else is known.</summary>
    public int OutsideRegionCells { get; }

    /// <summary>The colours of the planned cells, of all where none is planned; null where nothing is stained.</summary>
    public StainProfile? Stain { get; }

    /// <summary>The mask as a picture: <see cref="MaskPicture"/>.</summary>
    public byte[] Png { get; }

    /// <summary>Finds the tissue of a slide.</summary>
    /// <exception cref="SlideRefusedException">The user's mask is no picture of this slide.</exception>
    public static TissueMask Find(TargetPixels pixels, PatchGrid grid, TilingRequest request)
    {
        var given = request.Mask is { } png ? GivenMask.Read(png, grid, request.SlideName) : null;
        var picture = new MaskPicture(grid);
        var rows = new Row[grid.Rows];
        Parallel.For(0, grid.Rows, row => rows[row] = ScanRow(row, pixels, grid, request, given, picture));

        // Sums in the rows' order are the same on every machine.
        var stain = new StainMeter();
        foreach (var row in rows)
        {
            stain.Add(row.Stain);
        }

        return new TissueMask(
            [.. rows.SelectMany(row => row.Cells)], rows.Sum(row => row.Excluded), rows.Sum(row => row.Outside), stain.ToProfile() ?? ProfileOf(pixels.Bytes), picture.ToPng());
    }

    private static StainProfile? ProfileOf(byte[] pixels)
    {
        var all = new StainMeter();
        all.Add(pixels);
        return all.ToProfile();
    }

    private static Row ScanRow(int row, TargetPixels pixels, PatchGrid grid, TilingRequest request, GivenMask? given, MaskPicture picture)
    {
        var side = grid.PatchSidePixels;
        var patch = new byte[side * side * 3];
        var kinds = new PixelKind[side * side];
        var result = new Row([], new StainMeter());
        for (var column = 0; column < grid.Columns; column++)
        {
            var cell = new PatchCell(row, column);
            if (request.Region is { } region && !grid.RegionOf(cell).Overlaps(region))
            {
                result.Outside++;
                continue;
            }

            pixels.CopyPatch(cell, grid, patch);
            var content = Classify(patch, request.Tissue, kinds);
            content = given is null ? content : content with { Tissue = given.TissueFraction(cell) };
            if (content.Tissue >= request.MinTissueFraction)
            {
                result.Cells.Add(new PlannedCell(row, column, QualitiesOf(content, patch, side, request)));
                result.Stain.Add(patch);
                picture.Draw(cell, given, kinds);
            }
            else
            {
                result.Excluded += given is null && content.InkOrBlack >= request.MinTissueFraction ? 1 : 0;
            }
        }

        return result;
    }

    private static CellContent Classify(ReadOnlySpan<byte> patch, TissueRules rules, Span<PixelKind> kinds)
    {
        var (tissue, ink) = (0, 0);
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] = rules.KindOf(patch[3 * i], patch[(3 * i) + 1], patch[(3 * i) + 2]);
            tissue += kinds[i] == PixelKind.Tissue ? 1 : 0;
            ink += kinds[i] == PixelKind.InkOrBlack ? 1 : 0;
        }

        return new CellContent((double)tissue / kinds.Length, (double)ink / kinds.Length);
    }

    private static PatchQualities QualitiesOf(CellContent content, ReadOnlySpan<byte> patch, int side, TilingRequest request) =>
        (content.Tissue < LittleTissueBelow ? PatchQualities.LittleTissue : PatchQualities.None)
        | (PatchSharpness.Measure(patch, side) < request.Tissue.BlurredBelow ? PatchQualities.Blurred : PatchQualities.None)
        | (content.InkOrBlack >= request.MinTissueFraction ? PatchQualities.PenOrBorder : PatchQualities.None);

    /// <summary>A row of the grid.</summary>
    private sealed record Row(List<PlannedCell> Cells, StainMeter Stain)
    {
        public int Excluded { get; set; }

        public int Outside { get; set; }
    }
}
