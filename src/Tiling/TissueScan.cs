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

    /// <summary>Finds the tissue of one stretch and cuts it. Stretches can be scanned at once.</summary>
    public Scanned Scan(GridStretch stretch)
    {
        var side = grid.PatchSidePixels;
        var kinds = new PixelKind[side * side];
        var scanned = new Scanned(new CutCells(side * side * 3, stretch.ColumnCount), new StainMeter(), new StainMeter());
        for (var column = stretch.FirstColumn; column < stretch.FirstColumn + stretch.ColumnCount; column++)
        {
            var cell = new PatchCell(stretch.Row, column);
            if (request.Region is { } region && !grid.RegionOf(cell).Overlaps(region))
            {
                scanned.Outside++;
                continue;
            }

            var patch = scanned.Cut.Next;
            stretch.CopyPatch(column, patch);
            var content = Classify(patch, request.Tissue, kinds);
            content = given is null ? content : content with { Tissue = given.TissueFraction(cell) };
            if (content.Tissue >= request.MinTissueFraction)
            {
                scanned.OfTissue.Add(patch);
                picture.Draw(cell, given, kinds);
                scanned.Cut.Add(new PlannedCell(stretch.Row, column, QualitiesOf(content, patch, side, request)));
            }
            else
            {
                scanned.Excluded += given is null && content.InkOrBlack >= request.MinTissueFraction ? 1 : 0;
            }
        }

        if (scanned.Cut.Cells.Count == 0)
        {
            stretch.AddNewPixels(scanned.OfRest);
        }

        stretch.Release();
        return scanned;
    }

    /// <summary>Adds a stretch's counts. Sums in the stretches' order are the same on every machine.</summary>
    public void Add(Scanned stretch)
    {
        cells.AddRange(stretch.Cut.Cells);
        ofTissue.Add(stretch.OfTissue);
        ofRest.Add(stretch.OfRest);
        excluded += stretch.Excluded;
        outside += stretch.Outside;
    }

    /// <summary>The result when all stretches are added.</summary>
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

    /// <summary>A stretch: its planned cells, and the colours of these, or of all its pixels where it has none.</summary>
    internal sealed record Scanned(CutCells Cut, StainMeter OfTissue, StainMeter OfRest)
    {
        /// <summary>Cells left out for ink or black.</summary>
        public int Excluded { get; set; }

        /// <summary>Cells outside the wanted region.</summary>
        public int Outside { get; set; }
    }
}
