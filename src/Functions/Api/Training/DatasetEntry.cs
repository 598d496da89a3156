namespace IdcFunctions.Functions.Api.Training;

/// <summary>A data set in the listing; the counts are of its last intake, null where there was none.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TakenAt">When it was last taken in.</param>
/// <param name="Cases">Cases.</param>
/// <param name="Patches">Labelled patches.</param>
/// <param name="IdcPatches">Those labelled IDC.</param>
public sealed record DatasetEntry(string Name, DateTimeOffset? TakenAt, int? Cases, int? Patches, int? IdcPatches);
