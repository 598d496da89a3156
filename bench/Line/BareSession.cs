using IdcFunctions.Fixtures;
using IdcFunctions.Scoring;

namespace IdcFunctions.Bench.Line;

/// <summary>The bare ONNX session on the shipped model: what the line is measured against.</summary>
internal static class BareSession
{
    private const int Patches = 1024;
    private const int Rounds = 3;

    /// <summary>Patches a second of the best of three rounds of 1,024 patches of noise, with the app's own options.</summary>
    public static double Measure(string app)
    {
        using var scorer = PatchScorer.LoadFolder(ShippedModel.FolderIn(app), ScoringPrecision.Fp32, new ScoringOptions());
        var pixels = new byte[Patches * scorer.Manifest.PatchSizePixels * scorer.Manifest.PatchSizePixels * 3];
        new Random(1).NextBytes(pixels);
        var probabilities = new float[Patches];
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            scorer.Score(pixels, probabilities, CancellationToken.None);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            best = elapsed < best ? elapsed : best;
        }

        return Patches / best.TotalSeconds;
    }
}
