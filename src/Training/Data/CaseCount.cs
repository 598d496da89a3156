namespace IdcFunctions.Training.Data;

/// <summary>What a case holds.</summary>
/// <param name="Case">The case id.</param>
/// <param name="Patches">Its labelled patches.</param>
/// <param name="IdcPatches">Those labelled IDC.</param>
public sealed record CaseCount(string Case, int Patches, int IdcPatches)
{
    /// <summary>True where a reviewer corrected it: it is only trained on.</summary>
    public bool IsCorrected { get; init; }

    /// <summary>Share of patches labelled IDC, in [0, 1].</summary>
    public double IdcShare => (double)IdcPatches / Patches;
}
