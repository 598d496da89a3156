namespace IdcFunctions.Slides.Training;

/// <summary>What an intake found, and what it left out and why.</summary>
/// <param name="Patches">Labelled 50×50 patches that were taken in.</param>
/// <param name="IdcPatches">Those labelled IDC.</param>
/// <param name="Cases">Cases with at least one of them.</param>
/// <param name="Duplicates">Files left out since the same patch was there already; the Kaggle archive holds itself a second time.</param>
/// <param name="OddSizes">Files left out since they are not 50×50: the slides' borders.</param>
/// <param name="OtherNames">Files left out since their names do not follow the layout.</param>
/// <param name="Corrupt">Files left out since they can't be read, each with the reason.</param>
/// <param name="EmptyCases">Cases of which nothing was taken in.</param>
/// <param name="NearDuplicates">Patches of two cases that look alike: one slide under two names would be on both sides of a split.</param>
/// <param name="CorrectedCases">Cases whose labels are a reviewer's corrections: they are trained on and never evaluated on, since the reviewer saw what a model said.</param>
public sealed record IntakeReport(
    int Patches,
    int IdcPatches,
    int Cases,
    int Duplicates,
    IReadOnlyList<string> OddSizes,
    IReadOnlyList<string> OtherNames,
    IReadOnlyList<string> Corrupt,
    IReadOnlyList<string> EmptyCases,
    IReadOnlyList<NearDuplicate> NearDuplicates,
    IReadOnlyList<string> CorrectedCases)
{
    private const int NamedAtMost = 10;

    /// <summary>The report in lines of text: the counts, then names; of long lists the first ten.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"data set: {Cases} cases, {Patches} patches, {IdcPatches} of them IDC; left out: {OddSizes.Count} not 50×50, {Duplicates} doubled, {OtherNames.Count} with other names, {Corrupt.Count} that can't be read";
        foreach (var (what, names) in new[] { ("can't be read", Corrupt), ("another name", OtherNames), ("empty case", EmptyCases), ("near-duplicate across cases", [.. NearDuplicates.Select(pair => pair.ToString())]) })
        {
            foreach (var name in names.Take(NamedAtMost))
            {
                yield return $"  {what}: {name}";
            }

            if (names.Count > NamedAtMost)
            {
                yield return $"  {what}: {names.Count - NamedAtMost} more";
            }
        }
    }
}
