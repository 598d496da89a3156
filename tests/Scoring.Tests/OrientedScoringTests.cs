using IdcFunctions.Fixtures;

namespace IdcFunctions.Scoring.Tests;

public sealed class OrientedScoringTests
{
    private const int Side = 50, PatchBytes = Side * Side * 3;

    [Fact]
    public void The_eight_orientations_of_a_patch_differ_and_hold_the_same_pixels()
    {
        byte[] patch = [.. Enumerable.Range(0, PatchBytes).Select(i => (byte)(((i * 31) ^ (i >> 5)) % 251))];

        var orientations = Enumerable.Range(0, OrientedScoring.Orientations).Select(orientation => Oriented(patch, orientation)).ToList();

        Assert.Equal(patch, orientations[0]);
        Assert.Equal(OrientedScoring.Orientations, orientations.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(orientations, oriented => Assert.Equal(Pixels(patch), Pixels(oriented)));
    }

    [Fact]
    public void Mean_and_spread_are_those_of_the_orientations_scored_one_by_one()
    {
        using var scorer = Shipped(out var golden);
        var count = golden.Length / PatchBytes;
        var (means, spreads) = (new float[count], new float[count]);

        OrientedScoring.Score(scorer, isOriented: true, golden, means, spreads, TestContext.Current.CancellationToken);

        for (var i = 0; i < count; i++)
        {
            var one = Enumerable.Range(0, OrientedScoring.Orientations).Select(orientation => (double)One(scorer, Oriented(golden[(i * PatchBytes)..((i + 1) * PatchBytes)], orientation))).ToList();
            Assert.Equal(one.Average(), means[i], 1e-5);
            Assert.Equal(Math.Sqrt(one.Average(value => Math.Pow(value - one.Average(), 2))), spreads[i], 1e-5);
        }

        Assert.Contains(spreads, spread => spread > 0.001f);
    }

    [Fact]
    public void One_orientation_is_the_patch_as_it_is_without_a_spread()
    {
        using var scorer = Shipped(out var golden);
        var (means, spreads) = (new float[golden.Length / PatchBytes], Enumerable.Repeat(1f, golden.Length / PatchBytes).ToArray());

        OrientedScoring.Score(scorer, isOriented: false, golden, means, spreads, TestContext.Current.CancellationToken);

        Assert.Equal(scorer.Manifest.Golden.Probabilities.Select(probability => Math.Round(probability, 3)), means.Select(mean => Math.Round(mean, 3)));
        Assert.All(spreads, spread => Assert.Equal(0, spread));
    }

    private static PatchScorer Shipped(out byte[] golden)
    {
        var folder = ShippedModel.FolderIn(Repository.Root);
        var scorer = PatchScorer.LoadFolder(folder, ScoringPrecision.Fp32, new ScoringOptions { Threads = 1 });
        golden = File.ReadAllBytes(Path.Combine(folder, scorer.Manifest.Golden.File));
        return scorer;
    }

    private static byte[] Oriented(byte[] patch, int orientation)
    {
        var oriented = new byte[PatchBytes];
        OrientedScoring.Orient(patch, oriented, Side, orientation);
        return oriented;
    }

    private static IEnumerable<int> Pixels(byte[] patch) => patch.Chunk(3).Select(pixel => pixel[0] | (pixel[1] << 8) | (pixel[2] << 16)).Order();

    private static float One(PatchScorer scorer, byte[] patch)
    {
        var probability = new float[1];
        scorer.Score(patch, probability, TestContext.Current.CancellationToken);
        return probability[0];
    }
}
