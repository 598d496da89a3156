using System.Text.Json.Serialization;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides.Runs;

/// <summary>A cell that is to be scored. The plan of a large slide has thousands, hence the short names in JSON.</summary>
/// <param name="Row">Row in the grid, from 0.</param>
/// <param name="Column">Column in the grid, from 0.</param>
/// <param name="Qualities">What the tiler noted.</param>
public readonly record struct PlannedCell(
    [property: JsonPropertyName("r")] int Row,
    [property: JsonPropertyName("c")] int Column,
    [property: JsonPropertyName("q")] PatchQualities Qualities)
{
    /// <summary>The place in the grid.</summary>
    [JsonIgnore]
    public PatchCell Cell => new(Row, Column);
}
