using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Functions.Api;

/// <summary>A scored patch as the API tells it; places in level-0 pixels.</summary>
/// <param name="Row">Row in the grid.</param>
/// <param name="Column">Column in the grid.</param>
/// <param name="MinX">Left edge.</param>
/// <param name="MinY">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Probability">Calibrated P(IDC).</param>
/// <param name="LittleTissue">Less than half of it is tissue.</param>
/// <param name="Blurred">It is less sharp than all but 1 in 1,000 of the training patches.</param>
/// <param name="PenOrBorder">It holds pen, ink or black border.</param>
public sealed record PatchAnswer(
    int Row,
    int Column,
    long MinX,
    long MinY,
    long Width,
    long Height,
    double Probability,
    bool LittleTissue,
    bool Blurred,
    bool PenOrBorder)
{
    /// <summary>Standard deviation of the probability over the patch's eight orientations; null where the run scored one.</summary>
    public double? Spread { get; init; }

    /// <summary>Makes the answer from the row.</summary>
    public static PatchAnswer Of(PatchRow row) =>
        PatchCell.TryParse(row.RowKey, out var cell)
            ? new PatchAnswer(
                cell.Row,
                cell.Column,
                row.MinX,
                row.MinY,
                row.Width,
                row.Height,
                row.Probability,
                Has(row, PatchQualities.LittleTissue),
                Has(row, PatchQualities.Blurred),
                Has(row, PatchQualities.PenOrBorder))
            {
                Spread = row.Spread,
            }
            : throw new InvalidDataException($"'{row.RowKey}' is no patch's row.");

    private static bool Has(PatchRow row, PatchQualities quality) => ((PatchQualities)row.Qualities).HasFlag(quality);
}
