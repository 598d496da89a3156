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
internal sealed class TissueScan
{
    private const double LittleTissueBelow = 0.5;

    private readonly PatchGrid grid;
    private readonly TilingRequest request;
    private readonly GivenMask? given;
    private readonly MaskPicture picture;
    private readonly ImmutableArray<PlannedCell>.Builder cells = ImmutableArray.CreateBuilder<PlannedCell>();
    private readonly StainMeter ofTissue = new();
    private readonly StainMeter ofRest = new();
    private int excluded;
    private int outside;

    /// <summary>Begins a scan.</summary>
    /// <exception cref="SlideRefusedException">The user's mask is no picture of this slide.</exception>
    public TissueScan(PatchGrid grid, TilingRequest request)
    {
        this.grid = grid;
        this.request = request;
        given = request.Mask is { } png ? GivenMask.Read(png, grid, request.SlideName) : null;
        picture = new MaskPicture(grid);
    }

    /// <summary>Finds the tissue of one row and cuts it. Rows can be scanned at once.</summary>
    public ScannedRow Scan(GridRow row)
    {
        var side = grid.PatchSidePixels;
        var kinds = new PixelKind[side * side];
        var scanned = new ScannedRow(new CutRow(side * side * 3, grid.Columns), new StainMeter(), new StainMeter());
        for (var column = 0; column < grid.Columns; column++)
        {
            var cell = new PatchCell(row.Row, column);
            if (request.Region is { } region && !grid.RegionOf(cell).Overlaps(region))
            {
                scanned.Outside++;
                continue;
            }

            var patch = scanned.Cut.Next;
            row.CopyPatch(column, patch);
            var content = Classify(patch, request.Tissue, kinds);
            content = given is null ? content : content with { Tissue = given.TissueFraction(cell) };
            if (content.Tissue >= request.MinTissueFraction)
            {
                scanned.OfTissue.Add(patch);
                picture.Draw(cell, given, kinds);
                scanned.Cut.Add(new PlannedCell(row.Row, column, QualitiesOf(content, patch, side, request)));
            }
            else
            {
                scanned.Excluded += given is null && content.InkOrBlack >= request.MinTissueFraction ? 1 : 0;
            }
        }

        if (scanned.Cut.Cells.Count == 0)
        {
            scanned.OfRest.Add(row.NewPixels);
        }

        row.Release();
        return scanned;
    }

    /// <summary>Adds a row's counts. Sums in the rows' order are the same on every machine.</summary>
    public void Add(ScannedRow row)
    {
        cells.AddRange(row.Cut.Cells);
        ofTissue.Add(row.OfTissue);
        ofRest.Add(row.OfRest);
        excluded += row.Excluded;
        outside += row.Outside;
    }

    /// <summary>The result when all rows are added.</summary>
    public TiledSlide Finish(SlideProperties properties) =>
        new(properties, grid, cells.ToImmutable(), excluded, outside, ofTissue.ToProfile() ?? ofRest.ToProfile(), picture.ToPng());

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

    /// <summary>A row of the grid: its planned cells, and the colours of these, or of all its pixels where it has none.</summary>
    internal sealed record ScannedRow(CutRow Cut, StainMeter OfTissue, StainMeter OfRest)
    {
        /// <summary>Cells left out for ink or black.</summary>
        public int Excluded { get; set; }

        /// <summary>Cells outside the wanted region.</summary>
        public int Outside { get; set; }
    }
}
