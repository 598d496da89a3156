using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;

namespace IdcFunctions.Bench.Line;

/// <summary>The bare ONNX session on the shipped model: what the line is measured against.</summary>
internal static class BareSession
{
    private const int Patches = 1024;
    private const int Rounds = 3;

    /// <summary>Patches a second of the best of three rounds of 1,024 patches of noise, with the app's own options.</summary>
    public static double Measure(string app)
    {
        var folder = Path.GetDirectoryName(Directory.EnumerateFiles(Path.Combine(app, "models"), "config.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First())!;
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        using var scorer = PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), File.ReadAllBytes(Path.Combine(folder, manifest.Onnx.File)), File.ReadAllBytes(Path.Combine(folder, manifest.Golden.File)), new ScoringOptions());
        var pixels = new byte[Patches * manifest.PatchSizePixels * manifest.PatchSizePixels * 3];
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
