namespace IdcFunctions.Training.Artefact;

/// <summary>A published model that a network learns from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">SHA-256 of its graph, lower-case hex.</param>
public sealed record TeacherModel(string Name, string Version, string Sha256);
