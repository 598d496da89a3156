using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides.Runs;

/// <summary>
/// A finished batch as it is stored (<c>batch-{n}</c>): little-endian; <c>IDCS</c>, int32 version, int32 milliseconds
/// of scoring, int32 length of the provider's name and the name in UTF-8, int32 count, then per patch int32 row,
/// int32 column, float32 probability, int32 qualities, float32 spread. Version 1 had no spread.
/// </summary>
/// <param name="Provider">The execution provider that computed it, e.g. <c>cpu</c>.</param>
/// <param name="ScoringMilliseconds">Time in the scoring call.</param>
/// <param name="Scores">The patches in grid order.</param>
public sealed record BatchScores(string Provider, int ScoringMilliseconds, ImmutableArray<PatchScore> Scores)
{
    private const int CurrentVersion = 2;
    private const int BytesPerScore = 20;
    private const int BytesPerScoreWithoutSpread = 16;

    private static ReadOnlySpan<byte> Magic => "IDCS"u8;

    /// <summary>The stored form.</summary>
    public byte[] ToBytes()
    {
        var provider = Encoding.UTF8.GetBytes(Provider);
        var bytes = new byte[20 + provider.Length + (Scores.Length * BytesPerScore)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), CurrentVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), ScoringMilliseconds);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), provider.Length);
        provider.CopyTo(bytes.AsSpan(16));
        var rest = bytes.AsSpan(16 + provider.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest, Scores.Length);
        rest = rest[4..];
        foreach (var score in Scores)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, score.Cell.Row);
            BinaryPrimitives.WriteInt32LittleEndian(rest[4..], score.Cell.Column);
            BinaryPrimitives.WriteSingleLittleEndian(rest[8..], score.Probability);
            BinaryPrimitives.WriteInt32LittleEndian(rest[12..], (int)score.Qualities);
            BinaryPrimitives.WriteSingleLittleEndian(rest[16..], score.Spread);
            rest = rest[BytesPerScore..];
        }

        return bytes;
    }

    /// <summary>Reads a stored batch; null where the bytes are none, or not all of one.</summary>
    /// <exception cref="InvalidDataException">A newer program has written it.</exception>
    public static BatchScores? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 20 || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) is not (> 0 and var version))
        {
            return null;
        }

        if (version > CurrentVersion)
        {
            throw new InvalidDataException($"the stored batch has version {version}, this program reads up to {CurrentVersion}: upgrade the program");
        }

        var bytesPerScore = version == 1 ? BytesPerScoreWithoutSpread : BytesPerScore;
        var providerLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        if (providerLength < 0 || providerLength > bytes.Length - 20)
        {
            return null;
        }

        var rest = bytes[(16 + providerLength)..];
        var count = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        if (count < 0 || rest.Length != (long)count * bytesPerScore)
        {
            return null;
        }

        var scores = ImmutableArray.CreateBuilder<PatchScore>(count);
        for (; !rest.IsEmpty; rest = rest[bytesPerScore..])
        {
            var cell = new PatchCell(BinaryPrimitives.ReadInt32LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[4..]));
            scores.Add(new PatchScore(cell, BinaryPrimitives.ReadSingleLittleEndian(rest[8..]), (PatchQualities)BinaryPrimitives.ReadInt32LittleEndian(rest[12..]))
            {
                Spread = bytesPerScore == BytesPerScore ? BinaryPrimitives.ReadSingleLittleEndian(rest[16..]) : 0,
            });
        }

        return new BatchScores(
            Encoding.UTF8.GetString(bytes.Slice(16, providerLength)),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            scores.MoveToImmutable());
    }
}
