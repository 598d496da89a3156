using System.Collections.Immutable;
using System.Text.Json.Serialization;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Tiling;

/// <summary>What tiling found on a slide.</summary>
/// <param name="Properties">What was read.</param>
/// <param name="Grid">The slide's grid.</param>
/// <param name="TissueCells">The cells to score, in grid order; empty for a slide without tissue, which is no error.</param>
/// <param name="ExcludedCells">Cells without enough tissue, but with pen, ink or black border.</param>
/// <param name="OutsideRegionCells">Cells outside the wanted region, of which nothing else is known.</param>
/// <param name="Stain">The colours of the planned cells, of all where none is planned; null where nothing is stained.</param>
/// <param name="MaskPng">The tissue mask as a picture: one bit a pixel, white = tissue.</param>
public sealed record TiledSlide(
    SlideProperties Properties,
    PatchGrid Grid,
    ImmutableArray<PlannedCell> TissueCells,
    int ExcludedCells,
    int OutsideRegionCells,
    StainProfile? Stain,
    byte[] MaskPng)
{
    /// <summary>Cells that are neither planned nor excluded nor outside the wanted region.</summary>
    [JsonIgnore]
    public int NoTissueCells => (Grid.Columns * Grid.Rows) - TissueCells.Length - ExcludedCells - OutsideRegionCells;
}
