using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Evaluation;

/// <summary>The validation patches that a model is most wrong about.</summary>
public static class WorstErrors
{
    private const int Most = 32;

    /// <summary>Indexes of the patches of one class that were called the other, the surest first.</summary>
    /// <param name="validation">The patches.</param>
    /// <param name="probabilities">Their calibrated probabilities.</param>
    /// <param name="threshold">Probabilities from here on are IDC.</param>
    /// <param name="isIdc">True for IDC that was missed, false for what was called IDC and is not.</param>
    public static IReadOnlyList<int> Of(PatchDataset validation, IReadOnlyList<float> probabilities, double threshold, bool isIdc) =>
        [.. Enumerable.Range(0, validation.Patches.Count)
            .Where(i => validation.Patches[i].IsIdc == isIdc && probabilities[i] >= threshold != isIdc)
            .OrderBy(i => isIdc ? probabilities[i] : -probabilities[i]).Take(Most)];
}
