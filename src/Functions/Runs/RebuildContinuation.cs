using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Where a rebuild goes on: storage's marker, with a checksum, so that what no call gave is known for it. Storage can't be
/// asked: the emulator goes on behind any text, and a NUL ends it.
/// </summary>
public static class RebuildContinuation
{
    private const int ChecksumBytes = 4;

    /// <summary>The continuation for a marker.</summary>
    public static string Of(string marker)
    {
        var bytes = Encoding.UTF8.GetBytes(marker);
        return $"{Base64Url.EncodeToString(bytes)}.{Checksum(bytes)}";
    }

    /// <summary>The marker of a continuation; null where the text is none.</summary>
    public static string? FindMarker(string text) =>
        text.Split('.') is [var encoded, var checksum]
        && Base64Url.IsValid(encoded)
        && Base64Url.DecodeFromChars(encoded) is { Length: > 0 } bytes
        && checksum == Checksum(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : null;

    private static string Checksum(byte[] marker) => Convert.ToHexStringLower(SHA256.HashData(marker).AsSpan(0, ChecksumBytes));
}
