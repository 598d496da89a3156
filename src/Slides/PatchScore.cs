using System.Buffers.Binary;
using System.Security.Cryptography;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides;

/// <summary>A scored patch.</summary>
/// <param name="Cell">Its place in the grid.</param>
/// <param name="Probability">Calibrated P(IDC), in [0, 1].</param>
/// <param name="Qualities">What the tiler noted.</param>
public readonly record struct PatchScore(PatchCell Cell, float Probability, PatchQualities Qualities)
{
    /// <summary>Standard deviation of P(IDC) over the patch's orientations; 0 where it was scored in one.</summary>
    public float Spread { get; init; }

    /// <summary>
    /// SHA-256, lower-case hex, of scores in their order: of each row, column, probability, spread and qualities as 4
    /// little-endian bytes.
    /// </summary>
    public static string HashOf(IEnumerable<PatchScore> scores)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[20];
        foreach (var score in scores)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, score.Cell.Row);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], score.Cell.Column);
            BinaryPrimitives.WriteSingleLittleEndian(bytes[8..], score.Probability);
            BinaryPrimitives.WriteSingleLittleEndian(bytes[12..], score.Spread);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], (int)score.Qualities);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
