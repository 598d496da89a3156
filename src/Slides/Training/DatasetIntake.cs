using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IdcFunctions.Slides.Training;

/// <summary>The last intake of a data set in storage.</summary>
/// <param name="Fingerprint">Of the blobs that were taken in, <see cref="FingerprintOf"/>: it changes with any of them.</param>
/// <param name="TakenAt">When.</param>
/// <param name="Report">What was found, left out and why.</param>
public sealed record DatasetIntake(string Fingerprint, DateTimeOffset TakenAt, IntakeReport Report)
{
    /// <summary>Version of the pack that a data set is taken into; the number in the pack's first bytes.</summary>
    public const int PackFormat = 4;

    /// <summary>A data set's fingerprint: it changes when one of its blobs is added, written or taken away, or packs are made otherwise.</summary>
    /// <param name="files">Name, length in bytes and ETag of each blob, in the order of the listing.</param>
    public static string FingerprintOf(IEnumerable<(string Name, long? Length, string? Etag)> files)
    {
        var stamp = string.Join('\n', files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name}|{file.Length}|{file.Etag}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{PackFormat}\n{stamp}")))[..32];
    }
}
