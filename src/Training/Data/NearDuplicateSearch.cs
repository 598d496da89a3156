using System.Numerics;

namespace IdcFunctions.Training.Data;

/// <summary>
/// Finds patches that look alike in different cases: those with the same difference hash (is a ninth brighter than the
/// one right of it, 8×8 times) are compared pixel by pixel. Patches of little contrast, glass above all, are left out: they all look alike.
/// </summary>
public sealed class NearDuplicateSearch
{
    private const double MostDifference = 8;
    private const double LeastContrast = 10;
    private const int Cells = 8;

    private readonly Dictionary<ulong, List<int>> byHash = [];

    /// <summary>Takes a patch in.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="hash">Its difference hash; one without is left out.</param>
    public void Add(int index, ulong? hash)
    {
        if (hash is { } known)
        {
            if (!byHash.TryGetValue(known, out var alike))
            {
                byHash[known] = alike = [];
            }

            alike.Add(index);
        }
    }

    /// <summary>Each patch that looks like one of another case, with the first such one.</summary>
    /// <param name="patches">All patches.</param>
    /// <param name="pixels">Their pixels, one patch after the other from its start.</param>
    public IReadOnlyList<NearDuplicate> Find(IReadOnlyList<LabelledPatch> patches, Stream pixels)
    {
        var found = new List<NearDuplicate>();
        byte[] one = new byte[PatchDataset.PatchBytes], other = new byte[PatchDataset.PatchBytes];
        foreach (var alike in byHash.Values.Where(alike => alike.Count > 1))
        {
            for (var i = 1; i < alike.Count; i++)
            {
                Read(pixels, alike[i], one);
                foreach (var earlier in alike.Take(i).Where(earlier => patches[earlier].Case != patches[alike[i]].Case))
                {
                    Read(pixels, earlier, other);
                    var difference = Difference(one, other);
                    if (difference <= MostDifference)
                    {
                        found.Add(new NearDuplicate(patches[earlier], patches[alike[i]], difference));
                        break;
                    }
                }
            }
        }

        return found;
    }

    /// <summary>A patch's difference hash; null where it has too little contrast to be told from others.</summary>
    /// <param name="pixels">uint8 RGB [50, 50, 3].</param>
    public static ulong? Hash(ReadOnlySpan<byte> pixels)
    {
        Span<int> sums = stackalloc int[Cells * (Cells + 1)], counts = stackalloc int[Cells * (Cells + 1)];
        double sum = 0, squares = 0;
        for (var i = 0; i < pixels.Length / 3; i++)
        {
            var (y, x) = Math.DivRem(i, PatchDataset.Side);
            var grey = pixels[i * 3] + pixels[(i * 3) + 1] + pixels[(i * 3) + 2];
            var cell = (y * Cells / PatchDataset.Side * (Cells + 1)) + (x * (Cells + 1) / PatchDataset.Side);
            sums[cell] += grey;
            counts[cell]++;
            sum += grey / 3.0;
            squares += grey / 3.0 * (grey / 3.0);
        }

        var mean = sum / (pixels.Length / 3);
        if ((squares / (pixels.Length / 3)) - (mean * mean) < LeastContrast * LeastContrast)
        {
            return null;
        }

        ulong hash = 0;
        for (var bit = 0; bit < Cells * Cells; bit++)
        {
            var cell = (bit / Cells * (Cells + 1)) + (bit % Cells);

            // Cells have 5 or 6 columns, so means are compared: a brighter copy must hash alike.
            hash = BitOperations.RotateLeft(hash, 1) | (sums[cell] * counts[cell + 1] > sums[cell + 1] * counts[cell] ? 1UL : 0);
        }

        return hash;
    }

    private static void Read(Stream pixels, int index, byte[] patch)
    {
        pixels.Position = (long)index * PatchDataset.PatchBytes;
        pixels.ReadExactly(patch);
    }

    private static double Difference(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        long sum = 0;
        for (var i = 0; i < one.Length; i++)
        {
            sum += Math.Abs(one[i] - other[i]);
        }

        return (double)sum / one.Length;
    }
}
