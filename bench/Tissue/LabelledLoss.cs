using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Bench.Tissue;

/// <summary>Labelled patches that the tissue mask would leave out.</summary>
/// <param name="Lost">Patches not planned.</param>
/// <param name="LostIdc">Of them, labelled IDC.</param>
/// <param name="Excluded">Of them, counted as pen or border.</param>
internal sealed record LabelledLoss(int Lost, int LostIdc, int Excluded)
{
    /// <summary>Counts them, by the default options.</summary>
    public static LabelledLoss Of(PatchDataset data)
    {
        var options = new TilingOptions();
        var rules = options.ToRules();
        var least = options.MinTissueFraction * PatchDataset.Side * PatchDataset.Side;
        var (lost, lostIdc, excluded) = (0, 0, 0);
        for (var i = 0; i < data.Patches.Count; i++)
        {
            var patch = data.Pixels.AsSpan(i * PatchDataset.PatchBytes, PatchDataset.PatchBytes);
            var (tissue, ink) = (0, 0);
            for (var at = 0; at < patch.Length; at += 3)
            {
                var kind = rules.KindOf(patch[at], patch[at + 1], patch[at + 2]);
                tissue += kind == PixelKind.Tissue ? 1 : 0;
                ink += kind == PixelKind.InkOrBlack ? 1 : 0;
            }

            if (tissue < least)
            {
                lost++;
                lostIdc += data.Patches[i].IsIdc ? 1 : 0;
                excluded += ink >= least ? 1 : 0;
            }
        }

        return new LabelledLoss(lost, lostIdc, excluded);
    }
}
