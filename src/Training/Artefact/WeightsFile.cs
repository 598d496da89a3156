using System.Security.Cryptography;

namespace IdcFunctions.Training.Artefact;

/// <summary>A file of weights.</summary>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
public sealed record WeightsFile(string File, string Sha256)
{
    /// <summary>A file's name and hash; null for none.</summary>
    public static WeightsFile? Of(string? path) =>
        path is null ? null : new WeightsFile(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(path))));
}
