using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Artefact;

/// <summary>Patches that look like stained tissue, made from a seed: none of the data set's files goes into an artefact.</summary>
public static class GoldenPatchMaker
{
    private const int Count = 16;

    /// <summary>Makes them: pink ground, from patch to patch more and darker nuclei.</summary>
    public static byte[] Make()
    {
        var random = new Random(20140320);
        var patches = new byte[Count * PatchDataset.PatchBytes];
        for (var i = 0; i < Count; i++)
        {
            Draw(patches.AsSpan(i * PatchDataset.PatchBytes, PatchDataset.PatchBytes), i / (double)(Count - 1), random);
        }

        return patches;
    }

    private static void Draw(Span<byte> patch, double density, Random random)
    {
        for (var i = 0; i < patch.Length; i += 3)
        {
            Put(patch, i, 232 - (30 * density), 196 - (60 * density), 220 - (25 * density), random);
        }

        for (var nucleus = (int)(density * 260); nucleus > 0; nucleus--)
        {
            var (x, y, radius) = (random.Next(50), random.Next(50), random.Next(1, 3));
            for (var dy = -radius; dy <= radius; dy++)
            {
                for (var dx = -radius; dx <= radius; dx++)
                {
                    if (x + dx is >= 0 and < 50 && y + dy is >= 0 and < 50 && (dx * dx) + (dy * dy) <= radius * radius)
                    {
                        Put(patch, (((y + dy) * 50) + x + dx) * 3, 120, 75, 150, random);
                    }
                }
            }
        }
    }

    private static void Put(Span<byte> patch, int at, double red, double green, double blue, Random random)
    {
        patch[at] = Noisy(red, random);
        patch[at + 1] = Noisy(green, random);
        patch[at + 2] = Noisy(blue, random);
    }

    private static byte Noisy(double value, Random random) => (byte)Math.Clamp(value + random.Next(-12, 13), 0, 255);
}
