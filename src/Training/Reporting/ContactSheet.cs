using IdcFunctions.Training.Data;
using NetVips;

namespace IdcFunctions.Training.Reporting;

/// <summary>Patches side by side in one PNG.</summary>
public static class ContactSheet
{
    private const int PatchesAcross = 8;
    private const int Gap = 4;
    private const int Magnification = 2;

    /// <summary>Draws patches, left to right and top to bottom, twice as large as they are.</summary>
    /// <param name="data">The patches' data set.</param>
    /// <param name="indexes">Which of them; at least one.</param>
    public static byte[] Png(PatchDataset data, IReadOnlyList<int> indexes)
    {
        var patches = indexes.Select(i =>
        {
            using var patch = Image.NewFromMemory(data.Pixels.AsSpan(i * PatchDataset.PatchBytes, PatchDataset.PatchBytes).ToArray(), PatchDataset.Side, PatchDataset.Side, 3, Enums.BandFormat.Uchar);
            using var rgb = patch.Copy(interpretation: Enums.Interpretation.Srgb);
            return rgb.Zoom(Magnification, Magnification);
        }).ToArray();
        try
        {
            using var sheet = Image.Arrayjoin(patches, across: Math.Min(PatchesAcross, patches.Length), shim: Gap, background: [255.0]);
            return sheet.PngsaveBuffer();
        }
        finally
        {
            Array.ForEach(patches, patch => patch.Dispose());
        }
    }
}
