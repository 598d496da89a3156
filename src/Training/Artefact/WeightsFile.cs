namespace IdcFunctions.Training.Artefact;

/// <summary>Weights that were exported without training.</summary>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
public sealed record WeightsFile(string File, string Sha256);
