using System.Buffers;

namespace IdcFunctions.Scoring;

/// <summary>
/// Scores a patch in its eight orientations (four turns, each as it is and mirrored): tissue has no up and no left, so
/// their mean is the better probability (test-time augmentation), and their spread says how much the answer depends on chance.
/// </summary>
public static class OrientedScoring
{
    /// <summary>Turns and mirrorings that map a square on itself.</summary>
    public const int Orientations = 8;

    private const int PatchesAtOnce = 32;

    /// <summary>Scores patches.</summary>
    /// <param name="scorer">The session.</param>
    /// <param name="isOriented">True for all orientations, false for patches as they are.</param>
    /// <param name="pixels">RGB uint8, NHWC [count, side, side, 3].</param>
    /// <param name="probabilities">Gets P(IDC) of each patch, the mean over its orientations, in [0, 1], in input order.</param>
    /// <param name="spreads">Gets the standard deviation over the orientations, 0 where there is one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static void Score(
        PatchScorer scorer,
        bool isOriented,
        ReadOnlyMemory<byte> pixels,
        Memory<float> probabilities,
        Span<float> spreads,
        CancellationToken cancellationToken)
    {
        if (!isOriented)
        {
            scorer.Score(pixels, probabilities, cancellationToken);
            spreads.Clear();
            return;
        }

        var side = scorer.Manifest.PatchSizePixels;
        var patchBytes = side * side * 3;
        var oriented = ArrayPool<byte>.Shared.Rent(PatchesAtOnce * Orientations * patchBytes);
        var all = new float[PatchesAtOnce * Orientations];
        try
        {
            for (var start = 0; start < probabilities.Length; start += PatchesAtOnce)
            {
                var count = Math.Min(PatchesAtOnce, probabilities.Length - start);
                for (var i = 0; i < count * Orientations; i++)
                {
                    var patch = pixels.Span.Slice((start + (i / Orientations)) * patchBytes, patchBytes);
                    Orient(patch, oriented.AsSpan(i * patchBytes, patchBytes), side, i % Orientations);
                }

                scorer.Score(oriented.AsMemory(0, count * Orientations * patchBytes), all.AsMemory(0, count * Orientations), cancellationToken);
                for (var i = 0; i < count; i++)
                {
                    (probabilities.Span[start + i], spreads[start + i]) = MeanAndSpread(all.AsSpan(i * Orientations, Orientations));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(oriented);
        }
    }

    /// <summary>Writes one orientation of a square RGB patch.</summary>
    /// <param name="patch">side × side × 3 bytes.</param>
    /// <param name="target">As many bytes.</param>
    /// <param name="side">Pixels.</param>
    /// <param name="orientation">0 to 7: bit 0 mirrors columns, bit 1 mirrors rows, bit 2 exchanges the two; 0 leaves the patch as it is.</param>
    public static void Orient(ReadOnlySpan<byte> patch, Span<byte> target, int side, int orientation)
    {
        var (mirrorColumns, mirrorRows, transpose) = ((orientation & 1) != 0, (orientation & 2) != 0, (orientation & 4) != 0);
        for (var row = 0; row < side; row++)
        {
            var fromRow = mirrorRows ? side - 1 - row : row;
            for (var column = 0; column < side; column++)
            {
                var fromColumn = mirrorColumns ? side - 1 - column : column;
                var from = transpose ? (fromColumn * side) + fromRow : (fromRow * side) + fromColumn;
                patch.Slice(from * 3, 3).CopyTo(target[(((row * side) + column) * 3)..]);
            }
        }
    }

    private static (float Mean, float Spread) MeanAndSpread(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        var mean = sum / values.Length;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return ((float)mean, (float)Math.Sqrt(squares / values.Length));
    }
}
