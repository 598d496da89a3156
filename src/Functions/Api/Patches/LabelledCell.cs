using System.Text.Json.Serialization;
using IdcFunctions.Functions.Storage;

namespace IdcFunctions.Functions.Api;

/// <summary>A patch and its label.</summary>
/// <param name="Row">Row in the grid.</param>
/// <param name="Column">Column in the grid.</param>
/// <param name="Label">The label.</param>
public sealed record LabelledCell(
    [property: JsonRequired] int Row,
    [property: JsonRequired] int Column,
    [property: JsonRequired] CorrectionLabel Label);
